package dev.ratelimit.runtime.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million that wait at once take bounded memory, and give it back when they are cancelled, long before they are due. */
@Timeout(120)
class MillionTimersIT {

    private static final int COUNT = 1_000_000;
    private static final TimeSource SYSTEM = TimeSource.system();
    private static final long DUE = System.nanoTime() + Duration.ofHours(1).toNanos();

    /** Beside what is counted: parts of the queue, and what the JVM does meanwhile. */
    private static final long SLACK_BYTES = 2_000_000;

    @Test
    void aTimerTakes58BytesAtMost() throws Exception {
        TimerThread timers = new TimerThread("many-timers", 0);
        ScheduledTask[] tasks = new ScheduledTask[COUNT];
        long before = UsedHeap.bytes();
        for (int i = 0; i < COUNT; i++) {
            // Neither ascending nor descending.
            tasks[i] = timers.wake(
                    SYSTEM,
                    DUE + Long.rotateLeft(i * 0x9E37_79B9_7F4A_7C15L, 20) / 1_000_000_000,
                    MillionTimersIT::nothing);
        }
        assertThat(TimerThreadTest.sizeOf(timers)).isEqualTo(COUNT);
        long pending = UsedHeap.bytes() - before;
        for (ScheduledTask task : tasks) {
            assertThat(task.cancel()).isTrue();
        }
        // Without a push: the thread sleeps for an hour otherwise.
        while (timers.news.size() >= 1024) {
            Thread.onSpinWait();
        }
        Arrays.fill(tasks, null);
        long kept = UsedHeap.bytes() - before;
        report("timer", pending, kept);
        // 40 bytes each, a slot of 12 bytes, and half as many slots again.
        assertThat(pending).isLessThan(COUNT * 58L + SLACK_BYTES);
        assertThat(kept).isLessThan(SLACK_BYTES);
        assertThat(TimerThreadTest.sizeOf(timers)).isZero();
    }

    @Test
    void aCancelledTimerLetsGoOfItsTaskAtOnce() {
        TimerThread timers = new TimerThread("many-timers", 0);
        Object[] heavy = {new byte[1_000]};
        WeakReference<Object> watch = new WeakReference<>(heavy[0]);
        ScheduledTask task = schedule(timers, heavy[0]);
        heavy[0] = "nothing";
        System.gc();
        assertThat(watch.get()).isNotNull();
        assertThat(task.cancel()).isTrue();
        while (watch.get() != null) {
            System.gc();
        }
        assertThat(task.cancel()).isFalse();
    }

    /** All of them do the same, so that only what a timer itself takes is counted. */
    private static void nothing() {}

    private static ScheduledTask schedule(TimerThread timers, Object heavy) {
        return timers.wake(SYSTEM, DUE, () -> assertThat(heavy).isNotNull());
    }

    private static void report(String what, long pending, long kept) {
        System.out.printf(
                "%s: %.1f bytes each of %,d pending, %.1f after all were cancelled%n",
                what, pending / (double) COUNT, COUNT, kept / (double) COUNT);
    }
}
