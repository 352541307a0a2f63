package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * The bound of a sleep by the system's time before another source is read again.
 *
 * <p>For the system's own time, a thread sleeps until the instant. Any other source may advance in steps, like the
 * coarse one, drift, jump, or stand still, so it is read again after a second at the latest. If a thread waits only for
 * the next step of the source, and the step does not come, its sleeps double from 100 µs to 12.8 ms. So a source that
 * stands still costs 80 reads a second, and a wait on a source with steps is late by about one step at most.
 */
final class SleepBound {

    private static final long LEAST_NANOS = 100_000;
    private static final int DOUBLINGS = 7;
    private static final long MAX_NANOS = 1_000_000_000;
    private static final TimeSource SYSTEM = TimeSource.system();

    private SleepBound() {}

    /**
     * Returns the nanoseconds to sleep.
     *
     * @param time the source
     * @param left the time left until the instant by this source, in nanoseconds above zero
     * @param stalls the number of sleeps so far that were longer than the time left
     */
    static long nanos(TimeSource time, long left, int stalls) {
        if (time == SYSTEM) {
            return left;
        }
        return Math.min(Math.max(left, LEAST_NANOS << Math.min(stalls, DOUBLINGS)), MAX_NANOS);
    }
}
