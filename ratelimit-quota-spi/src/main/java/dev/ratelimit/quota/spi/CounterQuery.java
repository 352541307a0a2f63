package dev.ratelimit.quota.spi;

import java.time.Instant;
import java.util.Objects;

/**
 * A counter query selects the counters to list: those of one quota whose windows start in a time span.
 *
 * <p>Immutable and thread-safe.
 *
 * @param quota the name of the quota
 * @param length the length of the windows as in the names of counters, such as {@code 1mo}; empty for windows of any
 *     length
 * @param from the start of the span, inclusive
 * @param until the end of the span, exclusive
 * @param max the maximum number of counters, from 1 to 10,000
 */
public record CounterQuery(String quota, String length, Instant from, Instant until, int max) {

    /** The upper bound of {@link #max()}: 10,000. */
    public static final int MAX = 10_000;

    /**
     * Creates a query.
     *
     * @param quota the name of the quota
     * @param length the length of the windows, or empty
     * @param from the start of the span, inclusive
     * @param until the end of the span, exclusive
     * @param max the maximum number of counters, from 1 to 10,000
     * @throws IllegalArgumentException if {@code quota} is not a valid name of a quota, or max is out of range
     */
    public CounterQuery {
        Objects.requireNonNull(length, "length");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
        if (!Counter.isQuotaName(quota)) {
            throw new IllegalArgumentException("quota must be the name of a quota, but was \"" + quota + "\"");
        }
        if (max < 1 || max > MAX) {
            throw new IllegalArgumentException("max must be 1 to " + MAX + ", but was " + max);
        }
    }

    /**
     * Returns whether this query selects a counter.
     *
     * @param counter the counter
     * @return whether its quota, length and start match
     */
    public boolean matches(Counter counter) {
        return counter.quota().equals(quota)
                && (length.isEmpty() || counter.window().startsWith(length + "."))
                && !counter.start().isBefore(from)
                && counter.start().isBefore(until);
    }
}
