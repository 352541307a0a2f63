package dev.ratelimit.core.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.Statistics;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that wait for their turn, of {@code Limiter.acquireAsync}; one permit each ten nanoseconds. */
@Timeout(60)
class StageCallerTest {

    private static final String KEY = "key";

    private final Statistics statistics = new Statistics();

    private Limiter<String> oneEach(Duration period, TimeSource time, int burst, int maxWaiters) {
        return Limiters.builder(Policy.of("p", Rate.of(1, period).burst(burst)).shape(period.multipliedBy(2)))
                .timeSource(time)
                .maxWaiters(maxWaiters)
                .listener(statistics)
                .build();
    }

    /** One of which nothing is left, and for which one call may wait. */
    private Limiter<String> spent(TimeSource time) {
        Limiter<String> limiter = oneEach(Duration.ofNanos(10), time, 1, 1);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        return limiter;
    }

    private static CompletableFuture<Decision> later(Limiter<String> limiter) {
        return limiter.acquireAsync(KEY).toCompletableFuture();
    }

    private static CompletableFuture<Decision> later(Limiter<String> limiter, Executor executor) {
        return limiter.acquireAsync(KEY, 1, executor).toCompletableFuture();
    }

    private static long debt(Limiter<String> limiter) {
        return limiter.snapshot(KEY).budgets().get(0).debt();
    }

    private void assertTold(long allowed, long givenUp) {
        Statistics.Counts counts = statistics.counts("p");
        assertThat(counts.allowed()).as("allowed").isEqualTo(allowed);
        assertThat(counts.givenUp()).as("given up").isEqualTo(givenUp);
        assertThat(counts.refused()).as("refused").isZero();
    }

    @ParameterizedTest(name = "from {0}")
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5, Long.MIN_VALUE})
    void departsAtItsInstantAndNoNanosecondBefore(long origin) {
        ManualTime time = new ManualTime(origin);
        Limiter<String> limiter = spent(time);
        CompletableFuture<Decision> stage = later(limiter);
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(9);
        assertThat(stage).isNotDone();
        time.advanceNanos(1);
        assertThat(stage).isCompletedWithValueMatching(Decision::allowed);
        assertThat(stage.join().delayNanos()).isEqualTo(10);
        assertThat(time.pending()).isZero();
        assertThat(stage.cancel(true)).isFalse();
        assertThat(debt(limiter)).isEqualTo(1);
        assertTold(2, 0);
    }

    @Test
    void whatIsThereIsCompleteAtOnceWithoutATimer() {
        ManualTime time = new ManualTime();
        assertThat(later(oneEach(Duration.ofNanos(10), time, 1, 1))).isCompletedWithValueMatching(Decision::allowed);
        Limiter<String> limiter = spent(time);
        time.advanceNanos(10);
        assertThat(later(limiter)).isCompletedWithValueMatching(Decision::allowed);
        assertThat(time.pending()).isZero();
        assertThat(later(oneEach(Duration.ofNanos(10), TimeSource.system(), 1, 1)))
                .isCompletedWithValueMatching(Decision::allowed);
    }

    @Test
    void aMillisecondAndFiftyYearsComeInTheirOrder() {
        ManualTime time = new ManualTime();
        List<Long> readings = new ArrayList<>();
        Duration third = Policy.MAX_DURATION.dividedBy(3);
        Limiter<String> slow = oneEach(third, time, 1, 1);
        Limiter<String> quick = oneEach(Duration.ofMillis(1), time, 1, 1);
        assertThat(slow.tryAcquire(KEY)).isTrue();
        assertThat(quick.tryAcquire(KEY)).isTrue();
        CompletableFuture<Void> last = waitAgain(slow, time, readings, 150);
        CompletableFuture<Void> first = later(quick).thenRun(() -> readings.add(time.nanos()));
        time.advance(Policy.MAX_DURATION.multipliedBy(50));
        assertThat(first).isDone();
        assertThat(last).isDone();
        List<Long> expected = new ArrayList<>(List.of(1_000_000L));
        for (int i = 1; i <= 150; i++) {
            expected.add(i * third.toNanos());
        }
        assertThat(readings).isEqualTo(expected);
    }

    /** Waits so many times, one after the other. */
    private static CompletableFuture<Void> waitAgain(
            Limiter<String> limiter, TimeSource time, List<Long> readings, int times) {
        return later(limiter).thenCompose(decision -> {
            readings.add(time.nanos());
            return times == 1 ? CompletableFuture.completedFuture(null) : waitAgain(limiter, time, readings, times - 1);
        });
    }

    @Test
    void aStageThatIsCompletedByItsCallerLeavesTheQueueAndTakesNothing() {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = spent(time);
        CompletableFuture<Decision> cancelled = later(limiter);
        assertThat(cancelled.cancel(true)).isTrue();
        assertThat(time.pending()).isZero();
        assertThat(debt(limiter)).isEqualTo(1);
        CompletableFuture<Decision> failed = later(limiter);
        assertThat(failed.completeExceptionally(new IllegalStateException())).isTrue();
        CompletableFuture<Decision> replaced = later(limiter);
        assertThat(replaced.complete(Decision.unlimited())).isTrue();
        assertThat(time.pending()).isZero();
        assertTold(1, 3);
        time.advanceNanos(10);
        assertThat(debt(limiter)).isZero();
        assertTold(1, 3);
    }

    @Test
    void cancellingWhatIsDerivedLeavesTheStageInTheQueue() {
        ManualTime time = new ManualTime();
        CompletableFuture<Decision> stage = later(spent(time));
        assertThat(stage.thenApply(Decision::delay).cancel(true)).isTrue();
        time.advanceNanos(10);
        assertThat(stage).isCompletedWithValueMatching(Decision::allowed);
        assertTold(2, 0);
    }

    @Test
    void theExecutorRunsWhatDepends() {
        ManualTime time = new ManualTime();
        List<Runnable> handed = new ArrayList<>();
        CompletableFuture<Decision> stage = later(spent(time), handed::add);
        time.advanceNanos(10);
        assertThat(stage).isNotDone();
        assertThat(handed).hasSize(1);
        handed.get(0).run();
        assertThat(stage).isCompletedWithValueMatching(Decision::allowed);
        assertTold(2, 0);
    }

    @Test
    void anExecutorThatRefusesDoesNotLoseTheDeparture() {
        ManualTime time = new ManualTime();
        CompletableFuture<Decision> stage = later(spent(time), task -> {
            throw new RejectedExecutionException("shut down");
        });
        time.advanceNanos(10);
        assertThat(stage).isCompletedWithValueMatching(Decision::allowed);
        assertTold(2, 0);
    }

    @Test
    void anExecutorThatDropsTheCompletionDoesNotKeepTheWaitersPlace() {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = spent(time);
        CompletableFuture<Decision> dropped = later(limiter, task -> {});
        assertThat(later(limiter).join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        time.advanceNanos(10);
        assertThat(dropped).isNotDone();
        assertThat(time.pending()).isZero();
        CompletableFuture<Decision> next = later(limiter);
        assertThat(next).as("the only place is free").isNotDone();
        time.advanceNanos(10);
        assertThat(next).isCompletedWithValueMatching(Decision::allowed);
    }

    @Test
    void withdrawingWhileAnExecutorHasYetToRunTheCompletionGivesThePermitsBack() {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = spent(time);
        List<Runnable> handed = new ArrayList<>();
        CompletableFuture<Decision> stage = later(limiter, handed::add);
        time.advanceNanos(10);
        assertThat(debt(limiter)).isEqualTo(1);
        assertThat(stage.cancel(true)).isTrue();
        assertThat(debt(limiter))
                .as("also if the executor drops the completion")
                .isZero();
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        handed.get(0).run();
        assertThat(stage).isCancelled();
        assertThat(debt(limiter)).as("given back once").isEqualTo(1);
    }

    @Test
    void anExecutorThatRefusesWhatItHasRunKeepsNoOtherFromItsAnswer() {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = oneEach(Duration.ofNanos(10), time, 2, 2);
        assertThat(limiter.tryAcquire(KEY, 2)).isTrue();
        CompletableFuture<Decision> first = later(limiter, task -> {
            task.run();
            throw new RejectedExecutionException("after all");
        });
        CompletableFuture<Decision> second = later(limiter);
        // Both may go now.
        assertThat(uncaughtDuring(() -> limiter.refund(KEY, 2)))
                .singleElement()
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(first).isCompletedWithValueMatching(Decision::allowed);
        assertThat(second).isCompletedWithValueMatching(Decision::allowed);
    }

    @Test
    void aStageThatCannotHaveATimerIsTheErrorOfItsCallerAndLeavesNothing() {
        Exhaustible time = new Exhaustible();
        Limiter<String> limiter = spent(time);
        time.isExhausted = true;
        assertThatThrownBy(() -> later(limiter)).isInstanceOf(OutOfMemoryError.class);
        time.isExhausted = false;
        assertThat(debt(limiter)).isEqualTo(1);
        CompletableFuture<Decision> next = later(limiter);
        time.manual.advanceNanos(10);
        assertThat(next).isCompletedWithValueMatching(Decision::allowed);
    }

    @Test
    void aStageThatCannotHaveATimerWhenItMovesUpGoesWhenItWasToGoBefore() {
        Exhaustible time = new Exhaustible();
        Limiter<String> limiter = oneEach(Duration.ofNanos(10), time, 1, 2);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        CompletableFuture<Decision> first = later(limiter);
        CompletableFuture<Decision> second = later(limiter);
        time.isExhausted = true;
        assertThat(uncaughtDuring(() -> first.cancel(true))).singleElement().isInstanceOf(OutOfMemoryError.class);
        assertTold(1, 1);
        time.manual.advanceNanos(19);
        assertThat(second).isNotDone();
        time.manual.advanceNanos(1);
        assertThat(second).isCompletedWithValueMatching(Decision::allowed);
    }

    @Test
    void theNextCallTriesAgainToHaveATimerForOneThatMovedUp() {
        Exhaustible time = new Exhaustible();
        Limiter<String> limiter = oneEach(Duration.ofNanos(10), time, 1, 2);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        CompletableFuture<Decision> first = later(limiter);
        CompletableFuture<Decision> second = later(limiter);
        time.isExhausted = true;
        assertThat(uncaughtDuring(() -> first.cancel(true))).hasSize(1);
        time.isExhausted = false;
        CompletableFuture<Decision> third = later(limiter);
        time.manual.advanceNanos(10);
        assertThat(second).isCompletedWithValueMatching(Decision::allowed);
        time.manual.advanceNanos(10);
        assertThat(third).isCompletedWithValueMatching(Decision::allowed);
    }

    /** Each refunded within the one before: the stack was full after some hundreds. */
    @Test
    void thousandsThatGiveTheirPermitsBackAtOnceAllGo() {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("p", Rate.perSecond(1).burst(1)).shape(Duration.ofHours(2)))
                .timeSource(time)
                .build();
        limiter.tryAcquire(KEY);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(later(limiter).thenAccept(decision -> limiter.refund(KEY, 1)));
        }
        limiter.refund(KEY, 1);
        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThat(time.pending()).isZero();
    }

    /** What the handler of the current thread is told of during an action. */
    private static List<Throwable> uncaughtDuring(Runnable action) {
        List<Throwable> told = new ArrayList<>();
        Thread thread = Thread.currentThread();
        thread.setUncaughtExceptionHandler((in, thrown) -> told.add(thrown));
        try {
            action.run();
        } finally {
            thread.setUncaughtExceptionHandler(null);
        }
        return told;
    }

    /** A time for which there may be no memory for tasks. */
    private static final class Exhaustible implements VirtualTimeSource {

        private final ManualTime manual = new ManualTime();
        private boolean isExhausted;

        @Override
        public long nanos() {
            return manual.nanos();
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            if (isExhausted) {
                throw new OutOfMemoryError("no timer");
            }
            return manual.schedule(instantNanos, task);
        }
    }
}
