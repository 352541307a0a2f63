package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** "There is nothing any more" is an answer, and an error is none. */
class GoneTest {

    private final Bench bench = new Bench();
    private final AtomicInteger calls = new AtomicInteger();

    private static final class NoSuchProduct extends Exception {
        private static final long serialVersionUID = 1;
    }

    private ResponseCacheBuilder<String> builder() {
        return bench.builder()
                .freshness(value -> switch (value) {
                    case "404" -> Freshness.gone();
                    case "503" -> Freshness.error();
                    default -> Freshness.of(Duration.ofSeconds(10));
                })
                .staleWhileRevalidate(Duration.ofSeconds(5))
                .staleIfError(Duration.ofMinutes(10))
                .random(() -> 0L);
    }

    private LoadFailedException failure(ResponseCache<String> cache) {
        try {
            throw new AssertionError("no failure: "
                    + cache.get(bench.key, () -> {
                        calls.incrementAndGet();
                        throw new NoSuchProduct();
                    }));
        } catch (LoadFailedException e) {
            return e;
        }
    }

    @Test
    void aFailureThatIsTheAnswerRemovesTheValueAndReachesTheCaller() {
        ResponseCache<String> cache =
                builder().gone(NoSuchProduct.class, Duration.ZERO).build();
        cache.put(bench.key, "v");
        bench.seconds(16);

        assertThat(failure(cache)).hasCauseInstanceOf(NoSuchProduct.class);
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(failure(cache).state()).as("not remembered").isEqualTo(CacheState.MISS);
        assertThat(cache.statistics().invalidated()).isEqualTo(1);
    }

    @Test
    void aRefreshThatFindsNothingRemovesTheValueToo() {
        ResponseCache<String> cache =
                builder().gone(NoSuchProduct.class, Duration.ofSeconds(3)).build();
        cache.put(bench.key, "v");
        bench.seconds(11);

        assertThat(cache.get(bench.key, () -> {
                            throw new NoSuchProduct();
                        })
                        .state())
                .isEqualTo(CacheState.STALE);
        assertThat(failure(cache).state()).as("remembered").isEqualTo(CacheState.NEGATIVE);
        bench.seconds(3);
        assertThat(failure(cache).state()).isEqualTo(CacheState.MISS);
        assertThat(calls).hasValue(1);
    }

    /** The twin: a failure of which the cache was not told that it is the answer is hidden behind the stale value. */
    @Test
    void anyOtherFailureIsHiddenBehindTheStaleValue() {
        ResponseCache<String> cache = builder().build();
        cache.put(bench.key, "v");
        bench.seconds(600);

        assertThat(cache.get(bench.key, () -> {
                            throw new NoSuchProduct();
                        })
                        .state())
                .isEqualTo(CacheState.STALE);
    }

    @Test
    void aValueThatSaysSoIsForAllWhoWaitAndIsNotKept() {
        ResponseCache<String> cache = builder().build();
        cache.put(bench.key, "v");
        bench.seconds(16);
        List<CompletableFuture<Cached<String>>> callers = List.of(
                cache.getAsync(bench.key, bench::ask).toCompletableFuture(),
                cache.getAsync(bench.key, bench::ask).toCompletableFuture());
        bench.asked.get(0).complete("404");

        assertThat(callers).allMatch(caller -> caller.join().value().equals("404"));
        assertThat(callers.get(0).join().isKept()).isFalse();
        assertThat(cache.peek(bench.key)).isEmpty();
        assertThat(bench.asked).hasSize(1);
    }

    @Test
    void anErrorIsForAllWhoWaitIfTheyMayUseNoStaleValue() {
        ResponseCache<String> cache = builder().build();
        ReadOptions freshOnly = ReadOptions.any().maxStale(Duration.ZERO);
        cache.put(bench.key, "v");
        bench.seconds(16);
        CompletableFuture<Cached<String>> strict =
                cache.getAsync(bench.key, freshOnly, bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> alsoStrict =
                cache.getAsync(bench.key, freshOnly, bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> lenient =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        bench.asked.get(0).complete("503");

        assertThat(strict.join().value()).isEqualTo("503");
        assertThat(strict.join().isKept()).isFalse();
        assertThat(alsoStrict.join().state()).isEqualTo(CacheState.COALESCED);
        assertThat(lenient.join().state()).isEqualTo(CacheState.STALE);
        assertThat(cache.getAsync(bench.key, bench::ask)
                        .toCompletableFuture()
                        .join()
                        .state())
                .as("the cache backs off")
                .isEqualTo(CacheState.STALE);
        assertThat(bench.asked).hasSize(1);
        assertThat(cache.statistics().loadFailures()).isEqualTo(1);
    }

    @Test
    void anErrorThatIsPutChangesNothing() {
        ResponseCache<String> cache = builder().build();
        cache.put(bench.key, "v");

        assertThat(cache.put(bench.key, "503")).isFalse();
        assertThat(cache.peek(bench.key)).isPresent();
        assertThat(cache.put(bench.key, "404")).isFalse();
        assertThat(cache.peek(bench.key)).isEmpty();
    }

    @Test
    void theTimeIsZeroOrMore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().gone(NoSuchProduct.class, Duration.ofNanos(-1)))
                .withMessageContaining("remember");
    }
}
