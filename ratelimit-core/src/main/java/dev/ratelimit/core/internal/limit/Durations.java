package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Policy;
import java.time.Duration;
import java.util.Objects;

/** Checks of the durations that callers pass. */
final class Durations {

    private Durations() {}

    /**
     * Returns the nanoseconds of a duration.
     *
     * @param name the name of the argument, for the error
     * @throws IllegalArgumentException if the duration is negative or longer than {@link Policy#MAX_DURATION}
     */
    static long nanos(String name, Duration duration) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative() || duration.compareTo(Policy.MAX_DURATION) > 0) {
            throw new IllegalArgumentException(name + " must be from 0 to 365 days, but was " + duration);
        }
        return duration.toNanos();
    }
}
