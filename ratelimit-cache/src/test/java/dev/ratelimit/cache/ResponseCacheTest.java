package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.cache.Bench.BackendDown;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What callers get as time goes by: fresh, stale, failed, remembered. */
class ResponseCacheTest {

    private final Bench bench = new Bench();
    private final AtomicInteger calls = new AtomicInteger();

    private final Callable<String> backend = () -> "v" + calls.incrementAndGet();
    private final Callable<String> broken = () -> {
        calls.incrementAndGet();
        throw new BackendDown();
    };

    @Test
    void aValueIsLoadedOnceAndThenAHitUntilItsTimeIsOver() {
        ResponseCache<String> cache = bench.builder().build();

        assertThat(cache.get(bench.key, backend).state()).isEqualTo(CacheState.MISS);
        bench.after(Duration.ofNanos(9_999_999_999L));
        Cached<String> hit = cache.get(bench.key, backend);
        assertThat(hit.state()).isEqualTo(CacheState.HIT);
        assertThat(hit.value()).isEqualTo("v1");
        assertThat(hit.age()).isEqualTo(Duration.ofNanos(9_999_999_999L));
        bench.after(Duration.ofNanos(1));
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("v2");

        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.hits()).isEqualTo(1);
        assertThat(statistics.loads()).isEqualTo(2);
        assertThat(statistics.entries()).isEqualTo(1);
    }

    @Test
    void aCallerMayAskForAYoungerValue() {
        ResponseCache<String> cache =
                bench.builder().staleIfError(Duration.ofHours(1)).build();
        cache.get(bench.key, backend);
        bench.seconds(5);

        ReadOptions young = ReadOptions.any().maxAge(Duration.ofSeconds(5));
        assertThat(cache.get(bench.key, young, backend).state()).isEqualTo(CacheState.HIT);
        bench.after(Duration.ofNanos(1));
        assertThatThrownBy(() -> cache.get(bench.key, young, broken)).isInstanceOf(LoadFailedException.class);
        assertThat(cache.get(bench.key, young, backend).value()).isEqualTo("v3");
    }

    @Test
    void jitterOnlyShortensFreshness() {
        ResponseCache<String> cache =
                bench.builder().jitter(0.5).random(() -> -1L).build();
        cache.get(bench.key, backend);

        bench.seconds(5);
        assertThat(cache.get(bench.key, backend).state()).isEqualTo(CacheState.HIT);
        bench.after(Duration.ofMillis(1));
        assertThat(cache.get(bench.key, backend).state()).isEqualTo(CacheState.MISS);
    }

    /** As max-age=3600 with Age: 3500 says: 100 s are left, and a tenth of these is the most that chance may cut off. */
    @Test
    void jitterIsTakenFromWhatIsLeft() {
        ResponseCache<String> cache = bench.builder()
                .jitter(0.1)
                .random(() -> -1L)
                .freshness(value -> Freshness.of(Duration.ofSeconds(3_600)).age(Duration.ofSeconds(3_500)))
                .build();
        cache.get(bench.key, backend);

        bench.seconds(89);
        Cached<String> hit = cache.get(bench.key, backend);
        assertThat(hit.state()).isEqualTo(CacheState.HIT);
        assertThat(hit.age()).isEqualTo(Duration.ofSeconds(3_589));
        bench.seconds(1);
        assertThat(cache.get(bench.key, backend).state()).isEqualTo(CacheState.MISS);
    }

    @Test
    void aPeekCountsAsTheHitThatItIs() {
        ResponseCache<String> cache =
                bench.builder().staleIfError(Duration.ofSeconds(5)).build();
        ReadOptions freshOnly = ReadOptions.any().maxStale(Duration.ZERO);
        assertThat(cache.peek(bench.key)).isEmpty();
        cache.put(bench.key, "v");
        assertThat(cache.peek(bench.key)).isPresent();
        assertThat(cache.peek(bench.key, ReadOptions.any().maxAge(Duration.ZERO)))
                .isPresent();
        assertThat(cache.statistics().hits()).isEqualTo(2);
        bench.seconds(10);

        assertThat(cache.peek(bench.key, freshOnly))
                .as("a value ceases to be fresh at once")
                .isEmpty();
        assertThat(cache.statistics().staleHits()).isZero();
        assertThat(cache.peek(bench.key).orElseThrow().state()).isEqualTo(CacheState.STALE);
        assertThat(cache.statistics().staleHits()).isEqualTo(1);
        bench.seconds(5);
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(cache.statistics().hits() + cache.statistics().staleHits()).isEqualTo(3);
    }

    /** RFC 9111, sections 5.2.1.7 and 5.2.1.3. */
    @Test
    void aCallerMayAskForNoLoadOrForAValueThatLasts() {
        ResponseCache<String> cache =
                bench.builder().staleWhileRevalidate(Duration.ofSeconds(5)).build();
        ReadOptions onlyIfCached = ReadOptions.any().onlyIfCached();
        assertThatThrownBy(() -> cache.get(bench.key, onlyIfCached, backend))
                .extracting("reason", "state")
                .containsExactly(LoadFailedException.Reason.NOT_CACHED, CacheState.MISS);
        cache.get(bench.key, backend);
        bench.seconds(4);

        ReadOptions lasting = ReadOptions.any().minFresh(Duration.ofSeconds(6));
        assertThat(cache.get(bench.key, lasting, backend).state()).isEqualTo(CacheState.HIT);
        bench.after(Duration.ofNanos(1));
        assertThat(cache.get(bench.key, lasting, backend).state()).isEqualTo(CacheState.MISS);
        bench.seconds(10);
        assertThat(cache.get(bench.key, onlyIfCached, backend).state()).isEqualTo(CacheState.STALE);
        assertThat(calls).as("nothing is renewed").hasValue(2);
        bench.seconds(5);
        assertThatThrownBy(() -> cache.get(bench.key, onlyIfCached, backend)).isInstanceOf(LoadFailedException.class);
    }

    /** RFC 9111, sections 3.5 and 5.2.1.5. */
    @Test
    void aRequestUnlikeTheOthersConcernsOnlyItself() {
        ResponseCache<String> cache = bench.builder()
                .freshness(
                        value -> value.startsWith("u") ? Freshness.uncacheable() : Freshness.of(Duration.ofSeconds(9)))
                .build();
        CompletableFuture<Cached<String>> ordinary =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> own = cache.getAsync(
                        bench.key, ReadOptions.any().ownLoad(), bench::ask)
                .toCompletableFuture();
        CompletableFuture<Cached<String>> unstored = cache.getAsync(
                        bench.key, ReadOptions.any().noStore(), bench::ask)
                .toCompletableFuture();
        assertThat(bench.asked).as("none joins another").hasSize(3);

        bench.asked.get(2).complete("never to be kept");
        assertThat(unstored.join().isKept()).isFalse();
        assertThat(cache.peek(bench.key)).isEmpty();
        bench.asked.get(1).complete("public after all");
        assertThat(own.join().state()).isEqualTo(CacheState.BYPASS);
        assertThat(own.join().isKept()).isTrue();
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("public after all");
        bench.asked.get(0).complete("of an older load");
        assertThat(ordinary.join().isKept()).isFalse();
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("public after all");
    }

    @Test
    void aValueSaysItselfHowLongItIsFreshAndHowOldItComes() {
        ResponseCache<String> cache = bench.builder()
                .freshness(value -> Freshness.of(Duration.ofSeconds(60))
                        .age(Duration.ofSeconds(50))
                        .staleIfError(Duration.ofSeconds(5)))
                .build();

        assertThat(cache.get(bench.key, backend).age()).isEqualTo(Duration.ofSeconds(50));
        bench.seconds(9);
        assertThat(cache.get(bench.key, backend).age()).isEqualTo(Duration.ofSeconds(59));
        bench.seconds(1);
        assertThat(cache.get(bench.key, broken).state()).isEqualTo(CacheState.STALE);
    }

    @Test
    void aStaleValueIsUsedWhileOneRefreshRenewsIt() {
        ResponseCache<String> cache =
                bench.builder().staleWhileRevalidate(Duration.ofSeconds(5)).build();
        cache.get(bench.key, backend);
        bench.seconds(12);

        for (int i = 0; i < 3; i++) {
            assertThat(cache.getAsync(bench.key, bench::ask)
                            .toCompletableFuture()
                            .join()
                            .state())
                    .isEqualTo(CacheState.STALE);
        }
        assertThat(bench.asked).hasSize(1);
        bench.asked.get(0).complete("renewed");
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("renewed");
        assertThat(cache.get(bench.key, backend).state()).isEqualTo(CacheState.HIT);
    }

    @Test
    void refreshesThatFailAreTriedAgainLaterAndLater() {
        ResponseCache<String> cache = bench.builder()
                .staleWhileRevalidate(Duration.ofHours(1))
                .retryAfter(Duration.ofSeconds(1), Duration.ofSeconds(4))
                .random(() -> 0L)
                .build();
        cache.get(bench.key, backend);
        bench.seconds(10);

        calls.set(0);
        int[] callsBySecond = new int[16];
        for (int second = 0; second < callsBySecond.length; second++) {
            assertThat(cache.get(bench.key, broken).state()).isEqualTo(CacheState.STALE);
            callsBySecond[second] = calls.get();
            bench.seconds(1);
        }
        assertThat(callsBySecond).containsExactly(1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6);
    }

    @Test
    void aStaleValueStandsInForAnErrorUpToABoundAndThenTheErrorComes() {
        ResponseCache<String> cache = bench.builder()
                .staleIfError(Duration.ofSeconds(30))
                .retryAfter(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .random(() -> 0L)
                .build();
        cache.get(bench.key, backend);
        bench.seconds(10);

        assertThat(cache.get(bench.key, broken).state()).isEqualTo(CacheState.STALE);
        bench.seconds(1);
        assertThat(cache.get(bench.key, broken).state()).isEqualTo(CacheState.STALE);
        assertThat(calls).as("no load while backing off").hasValue(2);
        bench.seconds(28);
        assertThat(cache.get(bench.key, broken).state()).isEqualTo(CacheState.STALE);
        bench.seconds(1);
        assertThatThrownBy(() -> cache.get(bench.key, broken))
                .isInstanceOf(LoadFailedException.class)
                .hasCauseInstanceOf(BackendDown.class);
    }

    @Test
    void onlyDeclaredFailuresAreRememberedForTheirTime() {
        ResponseCache<String> cache = bench.builder()
                .rememberFailures(RuntimeException.class, Duration.ofSeconds(9))
                .rememberFailures(BackendDown.class, Duration.ofSeconds(2))
                .build();

        assertThat(failure(cache, broken).state()).isEqualTo(CacheState.MISS);
        LoadFailedException remembered = failure(cache, broken);
        assertThat(remembered.state()).isEqualTo(CacheState.NEGATIVE);
        assertThat(remembered).hasCauseInstanceOf(BackendDown.class);
        assertThat(calls).hasValue(1);
        bench.seconds(2);
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("v2");

        CacheKey other = bench.key.plus("other");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.get(other, () -> {
                        calls.incrementAndGet();
                        throw new Exception("not declared");
                    }))
                    .extracting("state")
                    .isEqualTo(CacheState.MISS);
        }
        assertThat(calls).hasValue(4);
        assertThat(cache.statistics().negativeHits()).isEqualTo(1);
    }

    @Test
    void aLoadThatOverrunsItsDeadlineCanBeRememberedToo() {
        ResponseCache<String> cache = bench.builder()
                .loadDeadline(Duration.ofSeconds(1))
                .rememberFailures(TimeoutException.class, Duration.ofSeconds(5))
                .build();
        CompletableFuture<?> unused = cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        bench.seconds(1);

        LoadFailedException remembered = failure(cache, backend);
        assertThat(remembered.reason()).isEqualTo(LoadFailedException.Reason.DEADLINE);
        assertThat(remembered.state()).isEqualTo(CacheState.NEGATIVE);
    }

    @Test
    void putAndPeekLoadNothing() {
        ResponseCache<String> cache =
                bench.builder().staleIfError(Duration.ofSeconds(1)).build();

        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(cache.put(bench.key, "put")).isTrue();
        assertThat(cache.peek(bench.key).orElseThrow().state()).isEqualTo(CacheState.HIT);
        assertThat(cache.get(bench.key, backend).value()).isEqualTo("put");
        bench.seconds(10);
        assertThat(cache.peek(bench.key).orElseThrow().state()).isEqualTo(CacheState.STALE);
        bench.seconds(1);
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(calls).hasValue(0);
    }

    @Test
    void whatIsInvalidatedIsLoadedAgain() {
        ResponseCache<String> cache = bench.builder()
                .tags(value -> List.of("even".equals(value) ? "even" : "odd"))
                .build();
        CacheKey one = CacheKey.of(Scope.tenant("a"), "x", 1);
        CacheKey two = CacheKey.of(Scope.tenant("a"), "x", 2);
        CacheKey three = CacheKey.of(Scope.tenant("b"), "x", 1);
        Runnable fill = () -> {
            cache.put(one, "odd");
            cache.put(two, "even");
            cache.put(three, "odd");
        };

        fill.run();
        cache.invalidate(one);
        assertThat(present(cache, one, two, three)).isEqualTo("-xx");
        fill.run();
        cache.invalidatePrefix(CacheKey.of(Scope.tenant("a"), "x"));
        assertThat(present(cache, one, two, three)).isEqualTo("--x");
        fill.run();
        cache.invalidateTag("odd");
        assertThat(present(cache, one, two, three)).isEqualTo("-x-");
        fill.run();
        cache.invalidateAll();
        assertThat(present(cache, one, two, three)).isEqualTo("---");
    }

    private static String present(ResponseCache<String> cache, CacheKey... keys) {
        StringBuilder text = new StringBuilder();
        for (CacheKey key : keys) {
            text.append(cache.peek(key).isPresent() ? 'x' : '-');
        }
        return text.toString();
    }

    private LoadFailedException failure(ResponseCache<String> cache, Callable<String> loader) {
        try {
            throw new AssertionError("no failure: " + cache.get(bench.key, loader));
        } catch (LoadFailedException e) {
            return e;
        }
    }
}
