package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;

/** The one place where waiting reads the time. Readings may wrap, so it only ever hands out how far an instant is. */
final class Instants {

    private Instants() {}

    /** The nanoseconds from now to an instant of a source; zero or negative if it has come. */
    static long left(TimeSource time, long instant) {
        return instant - time.nanos();
    }
}
