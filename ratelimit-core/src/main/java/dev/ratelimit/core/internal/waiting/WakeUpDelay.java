package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;
import java.util.concurrent.locks.LockSupport;

/**
 * Estimate of the system's recent oversleep: how much longer than requested it lets a thread sleep. A thread requests
 * that much less.
 *
 * <p>By default, Linux may delay a wake-up by 50 µs to combine it with others, and then the thread must get a
 * processor: 80 to 90 µs in total, and seldom less. The estimate is the oversleep that nine of ten sleeps reach: each
 * longer sleep raises it by one step, and each shorter one lowers it by nine. So nine of ten threads wake at their
 * instant or slightly later. The tenth wakes some microseconds earlier, and spins until its instant.
 *
 * <p>The estimate is at most {@link #MAX_NANOS}: on a busy machine, threads are late for another reason, which may end
 * at any moment. Short sleeps do not count, because the system may end them at once.
 *
 * <p>Thread-safe. Of two concurrent updates, one may be lost.
 */
final class WakeUpDelay {

    /** The longest time for which a thread spins: the processor time of a wake-up. */
    static final long AWAKE_NANOS = 10_000;

    private static final long MAX_NANOS = 200_000;
    private static final long SHORTEST_LESSON_NANOS = 50_000;
    private static final long STEP_NANOS = 500;
    private static final int OF_TEN_REACHED = 9;

    private static final TimeSource SYSTEM = TimeSource.system();

    private volatile long nanos;

    /**
     * Parks the current thread for the time left until an instant of the system's time, or slightly less. It spins if
     * the time is very short. It may wake earlier.
     *
     * @param blocker the object that the thread waits for, as shown in thread dumps
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

    /**
     * Returns the time to sleep if {@code left} nanoseconds are left until an instant, at least {@link #AWAKE_NANOS}.
     */
    long asleep(long left) {
        return Math.max(left - nanos, AWAKE_NANOS);
    }

    /**
     * Updates the estimate from the requested and the actual time of a sleep. The actual time is shorter if the thread
     * was woken.
     */
    void learn(long asked, long took) {
        long longer = took - asked;
        if (longer >= 0 && asked >= SHORTEST_LESSON_NANOS) {
            long before = nanos;
            long next = before + (longer > before ? STEP_NANOS : -STEP_NANOS * OF_TEN_REACHED);
            nanos = Math.min(Math.max(next, 0), MAX_NANOS);
        }
    }
}
