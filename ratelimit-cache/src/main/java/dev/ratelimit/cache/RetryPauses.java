package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The pauses between loads that fail while there is a stale value: each twice as long as the one before. */
record RetryPauses(Duration first, Duration max) {

    /** Returns pauses from a first to a maximum, after checking both. */
    static RetryPauses of(Duration first, Duration longest) {
        Durations.positive("first", first);
        if (Objects.requireNonNull(longest, "longest").compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "the longest wait must be at least the first, " + first + ", but was " + longest);
        }
        return new RetryPauses(first, longest);
    }

    /** Returns the nanoseconds of the next pause, at random within the upper half of its length. */
    long nanosAfter(int failuresBefore, RandomGenerator random) {
        long maxNanos = Durations.nanos(max);
        long pause = Durations.nanos(first);
        for (int i = 0; i < failuresBefore && pause < maxNanos; i++) {
            pause *= 2;
        }
        return Durations.part(Math.min(pause, maxNanos), 1 - (random.nextDouble() / 2));
    }
}
