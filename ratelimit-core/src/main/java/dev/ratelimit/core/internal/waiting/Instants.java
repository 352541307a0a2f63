package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/**
 * The only place where waiting code reads the time. Readings may wrap, so instants are compared by their distance from
 * now.
 */
final class Instants {

    private Instants() {}

    /** Returns the nanoseconds from now to an instant of a source; zero or negative if it has come. */
    static long left(TimeSource time, long instant) {
        return instant - time.nanos();
    }

    /** Returns the instant {@code nanos} nanoseconds from now. */
    static long in(TimeSource time, long nanos) {
        return time.nanos() + nanos;
    }
}
