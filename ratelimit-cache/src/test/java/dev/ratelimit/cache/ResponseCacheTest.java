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
            assertThat(cache.getAsync(bench.key, bench::ask).join().state()).isEqualTo(CacheState.STALE);
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
        CompletableFuture<?> unused = cache.getAsync(bench.key, bench::ask);
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
