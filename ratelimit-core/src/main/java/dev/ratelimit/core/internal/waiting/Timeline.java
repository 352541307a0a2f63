package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * The instants of the system's time as numbers from a chosen origin, so that readings that wrap have an order.
 * Immutable.
 */
final class Timeline {

    private static final TimeSource SYSTEM = TimeSource.system();

    /** No instant is 146 years ago. A number below this has overflowed. */
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private final long origin = -Instants.left(SYSTEM, 0);

    long now() {
        return in(0);
    }

    /** Returns the instant {@code nanos} nanoseconds from now. */
    long in(long nanos) {
        return nanos - Instants.left(SYSTEM, origin);
    }

    /**
     * Returns the instant at which to check a new timer first. For a timer on the system's time, it is exactly its
     * instant, so that the order holds.
     */
    long firstLook(Timer timer) {
        if (timer.time == SYSTEM) {
            long instant = timer.due - origin;
            return instant < LONG_AGO ? Long.MAX_VALUE : instant;
        }
        long left = timer.left();
        return in(left > 0 ? SleepBound.nanos(timer.time, left, 0) : left);
    }
}
