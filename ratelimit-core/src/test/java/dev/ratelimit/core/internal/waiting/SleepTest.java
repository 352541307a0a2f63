package dev.ratelimit.core.internal.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SleepTest {

    @ParameterizedTest(name = "from {0}")
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5, Long.MIN_VALUE})
    void aThreadGoesOnAtItsInstantAndNoNanosecondBefore(long origin) throws Exception {
        ManualTime time = new ManualTime(origin);
        Sleeper sleeper = new Sleeper(time, origin + 10);
        time.awaitPending(1);
        time.advanceNanos(9);
        assertThat(time.pending()).isEqualTo(1);
        assertThat(sleeper.isDone()).isFalse();
        time.advanceNanos(1);
        assertThat(sleeper.reading()).isEqualTo(origin + 10);
        assertThat(time.pending()).isZero();
    }

    @Test
    void threadsGoOnInTheOrderOfTheirInstantsThroughFiftyYears() throws Exception {
        ManualTime time = new ManualTime();
        List<Sleeper> sleepers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sleepers.add(new Sleeper(time, Duration.ofDays(365L * (i + 1)).toNanos()));
        }
        time.awaitPending(50);
        for (int i = 0; i < 50; i++) {
            time.advance(Duration.ofDays(365));
            assertThat(sleepers.get(i).reading()).isEqualTo(time.nanos());
            assertThat(time.pending()).isEqualTo(49 - i);
        }
    }

    @ParameterizedTest(name = "{0} ns ago")
    @ValueSource(longs = {0, 1, 1_000_000_000_000_000L})
    void anInstantThatHasComeIsNotWaitedFor(long ago) throws Exception {
        ManualTime time = new ManualTime(7);
        Sleep.awaitUntil(time, 7 - ago);
        Sleep.awaitUntil(TimeSource.system(), System.nanoTime() - ago);
        TimeSource own = () -> 7;
        Sleep.awaitUntil(own, 7 - ago);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aThreadThatIsWokenByOthersWaitsOn() throws Exception {
        ManualTime time = new ManualTime();
        Sleeper sleeper = new Sleeper(time, 10);
        time.awaitPending(1);
        for (int i = 0; i < 1_000; i++) {
            LockSupport.unpark(sleeper.thread);
        }
        time.advanceNanos(9);
        assertThat(sleeper.isDone()).isFalse();
        assertThat(time.pending()).isEqualTo(1);
        time.advanceNanos(1);
        assertThat(sleeper.reading()).isEqualTo(10);
    }

    @Test
    void aThreadThatFindsItsTimeMovedBackWaitsAgain() throws Exception {
        Stepwise time = new Stepwise();
        Sleeper sleeper = new Sleeper(time, 10);
        // As if the time had read 10, and was moved back before the thread ran.
        time.tasks.take().run();
        Runnable second = time.tasks.take();
        assertThat(sleeper.isDone()).isFalse();
        time.reading = 10;
        second.run();
        assertThat(sleeper.reading()).isEqualTo(10);
    }

    @Test
    void anInterruptEndsAWaitAtOnceAndLeavesNothingBehind() throws Exception {
        ManualTime time = new ManualTime();
        Sleeper sleeper = new Sleeper(time, 10);
        time.awaitPending(1);
        sleeper.thread.interrupt();
        assertThatThrownBy(sleeper::reading).hasCauseInstanceOf(InterruptedException.class);
        assertThat(time.pending()).isZero();
    }

    @ParameterizedTest(name = "due in {0} ns")
    @ValueSource(longs = {-1, 1_000_000_000_000_000L})
    void anInterruptThatCameBeforeEndsAWaitBeforeItBegins(long in) {
        ManualTime virtual = new ManualTime();
        TimeSource own = () -> 0;
        for (TimeSource time : List.of(virtual, own, TimeSource.system())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Sleep.awaitUntil(time, time.nanos() + in))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        assertThat(virtual.pending()).isZero();
    }

    @Test
    void anInterruptEndsAWaitForTheSystemsTime() throws Exception {
        for (TimeSource time : List.of(TimeSource.system(), TimeSource.coarse(), (TimeSource) () -> 0)) {
            Sleeper sleeper =
                    new Sleeper(time, time.nanos() + Duration.ofDays(1).toNanos());
            while (sleeper.thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            sleeper.thread.interrupt();
            assertThatThrownBy(sleeper::reading).hasCauseInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aSourceThatLagsBehindIsReadUntilItHasGotThere() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        // One nanosecond for each look.
        TimeSource slow = readings::getAndIncrement;
        Sleep.awaitUntil(slow, 5);
        assertThat(readings).hasValue(6);
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

    /** A thread that waits for an instant, and then reads the time. */
    private static final class Sleeper {

        private final FutureTask<Long> wait;
        private final Thread thread;

        Sleeper(TimeSource time, long due) {
            wait = new FutureTask<>(() -> {
                Sleep.awaitUntil(time, due);
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
