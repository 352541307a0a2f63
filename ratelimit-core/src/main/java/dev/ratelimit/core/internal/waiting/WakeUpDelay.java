package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;
import java.util.concurrent.locks.LockSupport;

/**
 * How much longer than asked for the system lets a thread sleep, as it was lately, so that one can ask for less.
 *
 * <p>By default, Linux may put off a wake-up by 50 µs to join it with others, and then the thread must get a processor: 80 to
 * 90 µs in all, and seldom less. What is learned is the oversleep that nine of ten sleeps reach: each sleep that was longer moves it up
 * by one step, each that was shorter moves it down by nine. So nine of ten threads wake when their instant has come or a
 * little later, and the tenth wakes some microseconds before, and waits for it awake.
 *
 * <p>At most {@link #MAX_NANOS} are learned: on a busy machine threads are late for another reason, and may not be a moment later.
 * Short sleeps teach nothing, because the system may end them at once.
 *
 * <p>Thread-safe; of two lessons at once one may be lost.
 */
final class WakeUpDelay {

    /** Nobody waits longer than this awake: it is what waking a thread costs the processor in any case. */
    static final long AWAKE_NANOS = 10_000;

    private static final long MAX_NANOS = 200_000;
    private static final long SHORTEST_LESSON_NANOS = 50_000;
    private static final long STEP_NANOS = 500;
    private static final int OF_TEN_REACHED = 9;

    private static final TimeSource SYSTEM = TimeSource.system();

    private volatile long nanos;

    /**
     * Parks the current thread for what is left until an instant of the system's, or a little less; awake, if it is a moment. It may
     * be woken before.
     *
     * @param blocker what the thread is blocked on, for those who read thread dumps
     */
    void rest(Object blocker, long left) {
        if (left <= AWAKE_NANOS) {
            Thread.onSpinWait();
            return;
        }
        long asleep = asleep(left);
        long begun = -Instants.left(SYSTEM, 0);
        LockSupport.parkNanos(blocker, asleep);
        learn(asleep, -Instants.left(SYSTEM, begun));
    }

    /** How long to sleep for what is left until an instant, at least {@link #AWAKE_NANOS}. */
    long asleep(long left) {
        return Math.max(left - nanos, AWAKE_NANOS);
    }

    /** Learns from a sleep for which so much was asked, and which took so long; less, if the thread was woken. */
    void learn(long asked, long took) {
        long longer = took - asked;
        if (longer >= 0 && asked >= SHORTEST_LESSON_NANOS) {
            long before = nanos;
            long next = before + (longer > before ? STEP_NANOS : -STEP_NANOS * OF_TEN_REACHED);
            nanos = Math.min(Math.max(next, 0), MAX_NANOS);
        }
    }
}
