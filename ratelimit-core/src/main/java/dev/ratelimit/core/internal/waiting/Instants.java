package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/** The one place where waiting reads the time. Readings may wrap, so instants are compared by how far they are. */
final class Instants {

    private Instants() {}

    /** The nanoseconds from now to an instant of a source; zero or negative if it has come. */
    static long left(TimeSource time, long instant) {
        return instant - time.nanos();
    }

    /** The instant some nanoseconds from now. */
    static long in(TimeSource time, long nanos) {
        return time.nanos() + nanos;
    }
}
