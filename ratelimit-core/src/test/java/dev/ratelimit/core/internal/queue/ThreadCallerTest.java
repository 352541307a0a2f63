package dev.ratelimit.core.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that wait for their turn, in {@code Limiter.acquire}. */
@Timeout(60)
class ThreadCallerTest {

    private static final String KEY = "key";
    private static final Duration TEN_NANOS = Duration.ofNanos(10);
    private static final Duration DAY = Duration.ofDays(1);

    /** One permit each period, one at once, and one call may wait. */
    private static Limiter<String> oneEach(Duration period, TimeSource time) {
        return oneEach(period, time, 1);
    }

    private static Limiter<String> oneEach(Duration period, TimeSource time, int maxWaiters) {
        return Limiters.builder(Policy.of("p", Rate.of(1, period).burst(1)).shape(period.multipliedBy(maxWaiters)))
                .timeSource(time)
                .maxWaiters(maxWaiters)
                .build();
    }

    /** One of which nothing is left. */
    private static Limiter<String> spent(Duration period, TimeSource time) {
        Limiter<String> limiter = oneEach(period, time);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        return limiter;
    }

    @ParameterizedTest(name = "from {0}")
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5, Long.MIN_VALUE})
    void aThreadGoesOnAtItsInstantAndNoNanosecondBefore(long origin) throws Exception {
        ManualTime time = new ManualTime(origin);
        Limiter<String> limiter = spent(TEN_NANOS, time);
        Waiting waiting = new Waiting(limiter, time);
        time.awaitPending(1);
        time.advanceNanos(9);
        assertThat(time.pending()).isEqualTo(1);
        assertThat(waiting.isDone()).isFalse();
        time.advanceNanos(1);
        assertThat(waiting.reading()).isEqualTo(origin + 10);
        assertThat(time.pending()).isZero();
        assertThat(limiter.tryAcquire(KEY)).as("it has taken its permit").isFalse();
    }

    @Test
    void threadsGoOnInTheOrderInWhichTheyCameThroughFiftyYears() throws Exception {
        ManualTime time = new ManualTime();
        Duration sixth = Duration.ofDays(61);
        Limiter<String> limiter = oneEach(sixth, time, 5);
        assertThat(limiter.tryAcquire(KEY)).isTrue();
        Queue<Waiting> queue = new ArrayDeque<>();
        for (int i = 1; i <= 5; i++) {
            queue.add(new Waiting(limiter, time));
            time.awaitPending(i);
        }
        for (int i = 1; i <= 6 * 50; i++) {
            time.advance(sixth);
            assertThat(queue.remove().reading()).isEqualTo(i * sixth.toNanos());
            assertThat(time.pending()).isEqualTo(4);
            queue.add(new Waiting(limiter, time));
            time.awaitPending(5);
        }
        for (Waiting waiting : queue) {
            waiting.thread.interrupt();
        }
    }

    @ParameterizedTest(name = "{0} ns ago")
    @ValueSource(longs = {0, 1, 1_000_000_000_000_000L})
    void aTurnThatHasComeIsNotWaitedFor(long ago) throws Exception {
        ManualTime time = new ManualTime(7);
        Limiter<String> limiter = spent(TEN_NANOS, time);
        time.advanceNanos(10 + ago);
        assertThat(limiter.acquire(KEY)).isTrue();
        assertThat(time.pending()).isZero();
        TimeSource standing = () -> 7;
        assertThat(oneEach(TEN_NANOS, standing).acquire(KEY)).isTrue();
        assertThat(oneEach(TEN_NANOS, TimeSource.system()).acquire(KEY)).isTrue();
    }

    @Test
    void aThreadThatIsWokenByOthersWaitsOn() throws Exception {
        ManualTime time = new ManualTime();
        Waiting waiting = new Waiting(spent(TEN_NANOS, time), time);
        time.awaitPending(1);
        for (int i = 0; i < 1_000; i++) {
            LockSupport.unpark(waiting.thread);
        }
        time.advanceNanos(9);
        assertThat(waiting.isDone()).isFalse();
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(1);
        assertThat(waiting.reading()).isEqualTo(10);
    }

    @Test
    void aThreadThatFindsItsTimeMovedBackWaitsAgain() throws Exception {
        Stepwise time = new Stepwise();
        Waiting waiting = new Waiting(spent(TEN_NANOS, time), time);
        // As if the time had read 10, and was moved back before its task ran.
        time.tasks.take().run();
        Runnable second = time.tasks.take();
        assertThat(waiting.isDone()).isFalse();
        time.reading = 10;
        second.run();
        assertThat(waiting.reading()).isEqualTo(10);
    }

    static Stream<TimeSource> sources() {
        return Stream.of(new ManualTime(), TimeSource.system(), TimeSource.coarse(), new Standing());
    }

    @ParameterizedTest
    @MethodSource("sources")
    void anInterruptEndsAWaitAtOnceAndLeavesNothingBehind(TimeSource time) throws Exception {
        Limiter<String> limiter = spent(DAY, time);
        Waiting waiting = new Waiting(limiter, time);
        awaitParked(waiting.thread);
        waiting.thread.interrupt();
        assertThatThrownBy(waiting::reading).hasCauseInstanceOf(InterruptedException.class);
        assertNothingIsLeft(limiter, time);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void anInterruptThatCameBeforeEndsAWaitBeforeItBegins(TimeSource time) {
        Limiter<String> limiter = spent(DAY, time);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limiter.acquire(KEY)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertNothingIsLeft(limiter, time);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void aThreadThatComesInterruptedTakesNothingThatIsThere(TimeSource time) {
        Limiter<String> limiter = oneEach(DAY, time);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limiter.acquire(KEY)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(limiter.peek(KEY).remaining()).isEqualTo(1);
    }

    @Test
    void aThreadWhoseTurnCameBeforeAnInterruptHasItsPermitAndStaysInterrupted() throws Exception {
        ManualTime time = new ManualTime();
        Limiter<String> limiter = spent(TEN_NANOS, time);
        for (int i = 0; i < 1_000; i++) {
            FutureTask<Boolean> wait = new FutureTask<>(() -> {
                boolean isAllowed = limiter.acquire(KEY);
                while (!Thread.interrupted()) {
                    Thread.onSpinWait();
                }
                return isAllowed;
            });
            Thread thread = new Thread(wait);
            thread.start();
            time.awaitPending(1);
            time.advanceNanos(10);
            thread.interrupt();
            assertThat(wait.get()).isTrue();
            assertThat(limiter.tryAcquire(KEY)).isFalse();
        }
    }

    @Test
    void aSourceThatLagsBehindIsReadUntilItHasGotThere() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        // One nanosecond for each look.
        TimeSource slow = readings::getAndIncrement;
        Limiter<String> limiter = oneEach(Duration.ofNanos(30), slow);
        int begun = readings.get();
        assertThat(limiter.acquire(KEY)).isTrue();
        assertThat(limiter.acquire(KEY)).isTrue();
        assertThat(readings.get() - 1).isGreaterThanOrEqualTo(begun + 30);
    }

    /** The budget is as it was, no timer is left, and the only place for a waiter is free. */
    private static void assertNothingIsLeft(Limiter<String> limiter, TimeSource time) {
        assertThat(limiter.snapshot(KEY).budgets().get(0).debt()).isEqualTo(1);
        if (time instanceof ManualTime manual) {
            assertThat(manual.pending()).isZero();
        }
        CompletableFuture<?> next = limiter.acquireAsync(KEY).toCompletableFuture();
        assertThat(next).isNotDone();
        assertThat(next.cancel(true)).isTrue();
    }

    private static void awaitParked(Thread thread) {
        List<Thread.State> parked = List.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
        while (!parked.contains(thread.getState())) {
            Thread.onSpinWait();
        }
    }

    /** A source that is neither of the library's own, and never goes on. */
    private record Standing() implements TimeSource {

        @Override
        public long nanos() {
            return 0;
        }
    }

    /** A time whose every step the test takes itself. */
    private static final class Stepwise implements VirtualTimeSource {

        private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private volatile long reading;

        @Override
        public long nanos() {
            return reading;
        }

        @Override
        public ScheduledTask schedule(long instantNanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }
    }

    /** A thread that waits for a permit, and then reads the time. */
    private static final class Waiting {

        private final FutureTask<Long> wait;
        private final Thread thread;

        Waiting(Limiter<String> limiter, TimeSource time) {
            wait = new FutureTask<>(() -> {
                assertThat(limiter.acquire(KEY)).isTrue();
                return time.nanos();
            });
            thread = new Thread(wait);
            thread.start();
        }

        boolean isDone() {
            return wait.isDone();
        }

        long reading() throws Exception {
            return wait.get();
        }
    }
}
