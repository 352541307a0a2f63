package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/** The instants of the system's time as numbers from an origin of our own, so that readings that wrap have an order. Immutable. */
final class Timeline {

    private static final TimeSource SYSTEM = TimeSource.system();

    /** No instant is so long ago, 146 years; one that seems to be is beyond what fits. */
    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    private final long origin = -Instants.left(SYSTEM, 0);

    long now() {
        return in(0);
    }

    /** The instant after so many nanoseconds from now. */
    long in(long nanos) {
        return nanos - Instants.left(SYSTEM, origin);
    }

    /** The instant at which to look at a new timer: exactly its own, if it goes by the system's time, so that the order holds. */
    long firstLook(Timer timer) {
        if (timer.time == SYSTEM) {
            long instant = timer.due - origin;
            return instant < LONG_AGO ? Long.MAX_VALUE : instant;
        }
        long left = timer.left();
        return in(left > 0 ? SleepBound.nanos(timer.time, left, 0) : left);
    }
}
