package dev.ratelimit.cache;

import java.time.Duration;
import java.util.Objects;

/** Checks durations, and counts them in nanoseconds that can be added up without an overflow. */
final class Durations {

    /** 36 years: several of them fit between two readings of a time that wraps. */
    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE / 8);

    private Durations() {}

    static Duration notNegative(String name, Duration value) {
        if (Objects.requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + " must be zero or more, but was " + value);
        }
        return value;
    }

    static Duration positive(String name, Duration value) {
        if (Objects.requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be at least 1 ns, but was " + value);
        }
        return value;
    }

    /** Returns nanoseconds, at most 36 years: a longer time counts as for ever. */
    static long nanos(Duration value) {
        return value.compareTo(MAX) < 0 ? value.toNanos() : MAX.toNanos();
    }

    /** Returns a share of a time. */
    static long part(long nanos, double share) {
        return (long) ((double) nanos * share);
    }
}
