package dev.ratelimit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.TimeSource;
import dev.ratelimit.cache.Bench.BackendDown;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Loads that are shared, overdue, too many, or overtaken by an invalidation. */
class LoadsTest {

    private final Bench bench = new Bench();

    @Test
    void callersShareOneLoadAndTheOthersAreToldSo() {
        ResponseCache<String> cache = bench.builder().build();
        List<CompletableFuture<Cached<String>>> callers = callers(cache, 5);

        assertThat(bench.asked).hasSize(1);
        bench.asked.get(0).complete("v");
        assertThat(callers).extracting(caller -> caller.join().value()).containsOnly("v");
        assertThat(callers)
                .extracting(caller -> caller.join().state())
                .containsExactly(
                        CacheState.MISS,
                        CacheState.COALESCED,
                        CacheState.COALESCED,
                        CacheState.COALESCED,
                        CacheState.COALESCED);
        assertThat(cache.statistics().coalesced()).isEqualTo(4);
    }

    @Test
    void whoCancelsCancelsOnlyHimself() {
        ResponseCache<String> cache = bench.builder().build();
        List<CompletableFuture<Cached<String>>> callers = callers(cache, 3);

        assertThat(callers.get(0).cancel(true)).isTrue();
        assertThat(callers.get(1).cancel(true)).isTrue();
        assertThat(bench.asked.get(0)).isNotCancelled();
        bench.asked.get(0).complete("v");
        assertThat(callers.get(2).join().value()).isEqualTo("v");
        assertThat(cache.peek(bench.key)).isPresent();
    }

    @Test
    void whoLosesPatienceLeavesTheLoadToTheOthers() {
        ResponseCache<String> cache = bench.builder().build();
        ReadOptions hasty = ReadOptions.any().patience(Duration.ofMillis(100));
        CompletableFuture<Cached<String>> impatient =
                cache.getAsync(bench.key, hasty, bench::ask).toCompletableFuture();
        CompletableFuture<Cached<String>> patient =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();

        bench.after(Duration.ofMillis(100));
        assertThat(reason(impatient)).isEqualTo(LoadFailedException.Reason.IMPATIENT);
        assertThat(patient).isNotDone();
        bench.asked.get(0).complete("v");
        assertThat(patient.join().state()).isEqualTo(CacheState.COALESCED);
        assertThat(bench.time.pending()).as("timers left behind").isZero();
    }

    @Test
    void aHungLoadIsAbandonedAndItsLateResultDropped() {
        ResponseCache<String> cache =
                bench.builder().loadDeadline(Duration.ofSeconds(2)).build();
        CompletableFuture<String> uncancellable = new CompletableFuture<>();
        CompletableFuture<Cached<String>> caller = cache.getAsync(
                        bench.key, () -> uncancellable.minimalCompletionStage())
                .toCompletableFuture();

        bench.seconds(2);
        assertThat(reason(caller)).isEqualTo(LoadFailedException.Reason.DEADLINE);
        uncancellable.complete("late");
        assertThat(cache.peek(bench.key)).isEmpty();
        CacheStatistics statistics = cache.statistics();
        assertThat(statistics.abandonedLoads()).isEqualTo(1);
        assertThat(statistics.discardedResults()).isEqualTo(1);
        assertThat(statistics.loadFailures()).isEqualTo(1);
    }

    /** The deadline comes while the loader is about to begin a stage: that is cancelled, and holds the place until it ends. */
    @Test
    void aStageThatIsBegunTooLateIsCancelledAndHoldsItsPlaceUntilItHasEnded() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .maxQueuedLoads(0)
                .loadDeadline(Duration.ofSeconds(2))
                .build();
        CompletableFuture<String> stubborn = new CompletableFuture<>();
        CompletableFuture<Cached<String>> first = cache.getAsync(bench.key, () -> {
                    bench.seconds(2);
                    return stubborn.minimalCompletionStage();
                })
                .toCompletableFuture();
        // As the loader runs on this thread, the deadline has interrupted it.
        assertThat(Thread.interrupted()).isTrue();

        assertThat(reason(first)).isEqualTo(LoadFailedException.Reason.DEADLINE);
        assertThat(reason(cache.getAsync(bench.key, bench::ask).toCompletableFuture()))
                .isEqualTo(LoadFailedException.Reason.REFUSED);
        stubborn.complete("late");
        assertThat(cache.statistics().discardedResults()).isEqualTo(1);
        assertThat(cache.getAsync(bench.key, bench::ask).toCompletableFuture()).isNotDone();
        assertThat(bench.asked).hasSize(1);
    }

    @Test
    void anAbandonedLoadIsToldSoAndHoldsItsPlaceUntilItHasEnded() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .maxQueuedLoads(0)
                .loadDeadline(Duration.ofSeconds(2))
                .build();
        CompletableFuture<String> stubborn = new CompletableFuture<>();
        CompletableFuture<Cached<String>> first = cache.getAsync(bench.key, () -> stubborn.minimalCompletionStage())
                .toCompletableFuture();
        bench.seconds(2);

        assertThat(reason(first)).isEqualTo(LoadFailedException.Reason.DEADLINE);
        assertThat(reason(cache.getAsync(bench.key, bench::ask).toCompletableFuture()))
                .isEqualTo(LoadFailedException.Reason.REFUSED);
        stubborn.complete("at last");
        CompletableFuture<Cached<String>> second =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        assertThat(bench.asked).hasSize(1);
        bench.seconds(2);
        assertThat(bench.asked.get(0)).as("told by cancellation").isCancelled();
        assertThat(reason(second)).isEqualTo(LoadFailedException.Reason.DEADLINE);
    }

    @Test
    void loadsAtOnceAreBoundedOverAllKeysAndTheRestWaitsItsTurn() {
        ResponseCache<String> cache =
                bench.builder().maxLoads(2).maxQueuedLoads(3).build();
        List<CompletableFuture<Cached<String>>> callers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            callers.add(cache.getAsync(bench.key.plus(i), bench::ask).toCompletableFuture());
        }

        assertThat(bench.asked).hasSize(2);
        assertThat(reason(callers.get(5))).isEqualTo(LoadFailedException.Reason.REFUSED);
        for (int i = 0; i < 5; i++) {
            bench.asked.get(i).complete("v" + i);
            assertThat(callers.get(i).join().value()).isEqualTo("v" + i);
        }
        assertThat(cache.statistics().refusedLoads()).isEqualTo(1);
        assertThat(cache.statistics().loads()).isEqualTo(5);
    }

    @Test
    void aLoadThatWaitsInVainLeavesTheQueue() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .maxQueuedLoads(1)
                .loadDeadline(Duration.ofSeconds(2))
                .build();
        CompletableFuture<String> stubborn = new CompletableFuture<>();
        CompletableFuture<?> unused = cache.getAsync(bench.key, () -> stubborn.minimalCompletionStage())
                .toCompletableFuture();
        CompletableFuture<Cached<String>> second =
                cache.getAsync(bench.key.plus(2), bench::ask).toCompletableFuture();
        bench.seconds(2);

        assertThat(reason(second)).isEqualTo(LoadFailedException.Reason.DEADLINE);
        CompletableFuture<Cached<String>> third =
                cache.getAsync(bench.key.plus(3), bench::ask).toCompletableFuture();
        assertThat(third).isNotDone();
        stubborn.complete("v");
        assertThat(bench.asked).hasSize(1);
    }

    @Test
    void aRefreshNeverWaitsForAPlace() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .staleWhileRevalidate(Duration.ofHours(1))
                .build();
        cache.put(bench.key, "old");
        bench.seconds(11);
        CompletableFuture<?> unused =
                cache.getAsync(bench.key.plus("slow"), bench::ask).toCompletableFuture();

        assertThat(cache.getAsync(bench.key, bench::ask)
                        .toCompletableFuture()
                        .join()
                        .state())
                .isEqualTo(CacheState.STALE);
        assertThat(bench.asked).hasSize(1);
        bench.asked.get(0).complete("v");
        assertThat(bench.asked).hasSize(1);
        assertThat(cache.getAsync(bench.key, bench::ask)
                        .toCompletableFuture()
                        .join()
                        .state())
                .isEqualTo(CacheState.STALE);
        assertThat(bench.asked).hasSize(2);
    }

    @Test
    void anInvalidationDuringALoadDiscardsItsResult() {
        List<Consumer<ResponseCache<String>>> ways = List.of(
                cache -> cache.invalidate(bench.key),
                cache -> cache.invalidatePrefix(CacheKey.of(Scope.shared())),
                cache -> cache.invalidateTag("any"),
                ResponseCache::invalidateAll);
        for (var way : ways) {
            ResponseCache<String> cache = bench.builder().build();
            bench.asked.clear();
            CompletableFuture<Cached<String>> before =
                    cache.getAsync(bench.key, bench::ask).toCompletableFuture();
            way.accept(cache);
            CompletableFuture<Cached<String>> after =
                    cache.getAsync(bench.key, bench::ask).toCompletableFuture();
            assertThat(bench.asked).as("who asks afterwards has his own load").hasSize(2);
            bench.asked.get(1).complete("new");
            bench.asked.get(0).complete("old");
            assertThat(before.join().value()).isEqualTo("old");
            assertThat(after.join().value()).isEqualTo("new");
            assertThat(cache.peek(bench.key).orElseThrow().value()).isEqualTo("new");
        }
    }

    @Test
    void aPutDuringALoadStays() {
        ResponseCache<String> cache = bench.builder().build();
        CompletableFuture<Cached<String>> caller =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture();
        cache.put(bench.key, "put");
        bench.asked.get(0).complete("loaded");

        assertThat(caller.join().value()).isEqualTo("loaded");
        assertThat(cache.peek(bench.key).orElseThrow().value()).isEqualTo("put");
    }

    @Test
    void whatIsNotForTheCacheIsGivenToNobodyElseAndAfterTwoInARowNobodyQueuesForIt() {
        ResponseCache<String> cache = bench.builder()
                .freshness(value -> Freshness.uncacheable())
                .rememberUncacheable(Duration.ofSeconds(30))
                .build();
        List<CompletableFuture<Cached<String>>> callers = callers(cache, 3);
        bench.asked.get(0).complete("private of 0");

        assertThat(callers.get(0).join().value()).isEqualTo("private of 0");
        assertThat(bench.asked)
                .as("one of the others leads, as it may be an exception")
                .hasSize(2);
        bench.asked.get(1).complete("one");
        assertThat(bench.asked).as("the third loads alone").hasSize(3);
        bench.asked.get(2).complete("two");
        assertThat(List.of(callers.get(1).join().value(), callers.get(2).join().value()))
                .containsExactlyInAnyOrder("one", "two");
        assertThat(List.of(callers.get(1).join().state(), callers.get(2).join().state()))
                .containsExactlyInAnyOrder(CacheState.MISS, CacheState.BYPASS);

        callers(cache, 2);
        assertThat(bench.asked).as("remembered").hasSize(5);
        bench.seconds(30);
        callers(cache, 2);
        assertThat(bench.asked).as("forgotten").hasSize(6);
    }

    /** What comes between a caller's look and his load may do for him, and be too old for one who has joined him by then. */
    @Test
    void whatComesMeanwhileIsUsedByThoseForWhomItIsYoungEnough() {
        Deque<Runnable> atReadings = new ArrayDeque<>();
        TimeSource time = () -> {
            Runnable next = atReadings.poll();
            if (next != null) {
                next.run();
            }
            return bench.time.nanos();
        };
        ResponseCache<String> cache = bench.builder()
                .timeSource(time)
                .freshness(value ->
                        Freshness.of(Duration.ofMinutes(1)).age(Duration.ofSeconds(value.equals("old") ? 8 : 0)))
                .build();
        List<CompletableFuture<Cached<String>>> strict = new ArrayList<>();
        Runnable nothing = () -> {};
        // The readings of a request, of its first look, and of its load, which is registered and looks again then.
        atReadings.addAll(List.of(nothing, nothing, () -> cache.put(bench.key, "old")));
        ReadOptions young = ReadOptions.any().maxAge(Duration.ofSeconds(5));
        Runnable joins =
                () -> strict.add(cache.getAsync(bench.key, young, bench::ask).toCompletableFuture());
        Cached<String> lenient =
                cache.getAsync(bench.key, bench::ask).toCompletableFuture().join();

        assertThat(lenient.value()).isEqualTo("old");
        assertThat(lenient.state()).isEqualTo(CacheState.HIT);
        assertThat(bench.asked).isEmpty();
        joins.run();
        assertThat(strict.get(0)).isNotDone();
        bench.asked.get(0).complete("new");
        assertThat(strict.get(0).join().value()).isEqualTo("new");
    }

    @Test
    void aFailedLoadFailsAllWhoWait() {
        ResponseCache<String> cache = bench.builder().build();
        List<CompletableFuture<Cached<String>>> callers = callers(cache, 2);
        bench.asked.get(0).completeExceptionally(new BackendDown());

        for (CompletableFuture<Cached<String>> caller : callers) {
            assertThatThrownBy(caller::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(LoadFailedException.class)
                    .hasCauseInstanceOf(BackendDown.class);
        }
    }

    @Test
    void anExecutorThatTakesNoMoreIsARefusal() {
        ResponseCache<String> cache = bench.builder()
                .maxLoads(1)
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(reason(cache.getAsync(bench.key, bench::ask).toCompletableFuture()))
                    .isEqualTo(LoadFailedException.Reason.REFUSED);
        }
        assertThat(bench.time.pending()).isZero();
    }

    private List<CompletableFuture<Cached<String>>> callers(ResponseCache<String> cache, int count) {
        List<CompletableFuture<Cached<String>>> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            callers.add(cache.getAsync(bench.key, bench::ask).toCompletableFuture());
        }
        return callers;
    }

    private static LoadFailedException.Reason reason(CompletableFuture<?> stage) {
        assertThat(stage).isCompletedExceptionally();
        return stage.handle((value, failure) -> ((LoadFailedException) failure).reason())
                .join();
    }
}
