package dev.ratelimit.core.internal.cells;

import dev.ratelimit.TimeSource;

/** The one place where limiters read the time. */
final class Clock {

    private static final TimeSource SYSTEM = TimeSource.system();

    private Clock() {}

    /**
     * Reads a source of time. The system's is told apart by identity, because a process with several kinds of sources
     * would otherwise pay for a call through the interface that the compiler cannot see through.
     */
    static long read(TimeSource source) {
        return source == SYSTEM ? System.nanoTime() : source.nanos();
    }
}
