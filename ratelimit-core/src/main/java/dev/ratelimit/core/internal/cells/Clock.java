package dev.ratelimit.core.internal.cells;

import dev.ratelimit.TimeSource;

/** The only place where limiters read their time source. */
final class Clock {

    private static final TimeSource SYSTEM = TimeSource.system();

    private Clock() {}

    /**
     * Reads a time source. The system's time is recognized by identity, because in a process with several types of
     * sources the compiler could not inline the call through the interface.
     */
    static long read(TimeSource source) {
        return source == SYSTEM ? System.nanoTime() : source.nanos();
    }
}
