package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * How long to sleep by the system's time before another source is looked at again.
 *
 * <p>The system's own instants are slept up to. Any other source may go in steps, like the coarse one, drift, jump, or
 * stand still, so it is looked at again after a second at the latest. Where the next step of the source is all that is
 * waited for, and it does not come, naps double from 100 µs to 12.8 ms: a source that stands still costs 80 looks a second,
 * and one that goes in steps is late by no more than about a step.
 */
final class SleepBound {

    private static final long LEAST_NANOS = 100_000;
    private static final int DOUBLINGS = 7;
    private static final long MAX_NANOS = 1_000_000_000;
    private static final TimeSource SYSTEM = TimeSource.system();

    private SleepBound() {}

    /**
     * The nanoseconds to sleep.
     *
     * @param time the source
     * @param left how far the instant is by this source, in nanoseconds above zero
     * @param stalls how many naps so far were longer than what was left
     */
    static long nanos(TimeSource time, long left, int stalls) {
        if (time == SYSTEM) {
            return left;
        }
        return Math.min(Math.max(left, LEAST_NANOS << Math.min(stalls, DOUBLINGS)), MAX_NANOS);
    }
}
