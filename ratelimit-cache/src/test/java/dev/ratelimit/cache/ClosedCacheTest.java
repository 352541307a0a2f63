package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A closed cache holds nothing, waits for nothing, and says that it is closed. */
class ClosedCacheTest {

    private final Bench bench = new Bench();
    private final ResponseCache<String> cache =
            bench.builder().staleIfError(Duration.ofHours(1)).maxLoads(2).build();

    @Test
    void loadsUnderWayEndAndThoseWhoWaitAreToldSo() {
        cache.put(bench.key, "old");
        bench.seconds(11);
        List<CompletableFuture<Cached<String>>> callers = List.of(
                cache.getAsync(bench.key, bench::ask).toCompletableFuture(),
                cache.getAsync(bench.key, bench::ask).toCompletableFuture(),
                cache.getAsync(bench.key, ReadOptions.any().ownLoad(), bench::ask)
                        .toCompletableFuture(),
                cache.getAsync(bench.key.plus("waits for a place"), bench::ask).toCompletableFuture());
        cache.close();

        for (CompletableFuture<Cached<String>> caller : callers) {
            assertThat(caller).isCompletedExceptionally();
            assertThat(caller.handle((answer, failure) -> ((LoadFailedException) failure).reason())
                            .join())
                    .isEqualTo(LoadFailedException.Reason.CLOSED);
        }
        assertThat(bench.asked).hasSize(2).allMatch(CompletableFuture::isCancelled);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
        assertThat(cache.statistics().entries()).isZero();
    }

    @Test
    void whatCallersAskAfterwardsIsOneClearError() {
        cache.put(bench.key, "v");
        cache.close();
        cache.close();

        List<ThrowingCallable> calls = List.of(
                () -> cache.get(bench.key, () -> "v"),
                () -> cache.get(bench.key, ReadOptions.any(), stored -> "v"),
                () -> cache.getAsync(bench.key, bench::ask).toCompletableFuture(),
                () -> cache.peek(bench.key),
                () -> cache.put(bench.key, "v"),
                () -> cache.invalidate(bench.key),
                () -> cache.invalidatePrefix(bench.key),
                () -> cache.invalidateTag("any"),
                cache::invalidateAll);
        for (ThrowingCallable call : calls) {
            assertThatIllegalStateException().isThrownBy(call).withMessage("the cache \"test\" is closed");
        }
        assertThat(cache.statistics().cacheFailures()).isZero();
    }

    @Test
    void aLateResultOfALoadThatWasEndedIsNotKept() {
        CompletableFuture<String> stubborn = new CompletableFuture<>();
        CompletableFuture<Cached<String>> caller = cache.getAsync(bench.key, () -> stubborn.minimalCompletionStage())
                .toCompletableFuture();
        cache.close();
        stubborn.complete("late");

        assertThat(caller).isCompletedExceptionally();
        assertThat(cache.statistics().entries()).isZero();
        assertThat(cache.statistics().discardedResults()).isEqualTo(1);
    }

    @Test
    void aCacheThatIsClosedWhileALoadBeginsEndsThatLoad() {
        ResponseCache<String> raced = bench.builder()
                .carryContext(load -> load)
                .timeSource(bench.time)
                .build();
        CompletableFuture<Cached<String>> caller = raced.getAsync(bench.key, () -> {
                    raced.close();
                    return bench.ask();
                })
                .toCompletableFuture();

        assertThat(caller).isCompletedExceptionally();
        assertThat(bench.asked).allMatch(CompletableFuture::isCancelled);
    }

    @Test
    void severalCachesAreClosedTogether() {
        ResponseCaches caches = ResponseCaches.of(cache);
        caches.close();
        assertThatIllegalStateException().isThrownBy(() -> cache.get(bench.key, () -> "v"));
    }
}
