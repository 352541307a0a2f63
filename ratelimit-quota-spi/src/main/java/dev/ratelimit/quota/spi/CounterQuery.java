package dev.ratelimit.quota.spi;

import java.time.Instant;
import java.util.Objects;

/**
 * A counter query says which counters are to be listed: those of one quota whose windows start in a span of time.
 *
 * <p>Immutable and thread-safe.
 *
 * @param quota the name of the quota
 * @param length the length of the windows as it stands in names, such as {@code 1mo}; empty for windows of any length
 * @param from the first instant at which a window may start
 * @param until the first instant after it at which none may
 * @param max how many counters at most, from 1 to 10,000
 */
public record CounterQuery(String quota, String length, Instant from, Instant until, int max) {

    /** The most counters that are listed at once: 10,000. */
    public static final int MAX = 10_000;

    /**
     * Creates a query.
     *
     * @param quota the name of the quota
     * @param length the length of the windows, or empty
     * @param from the first instant at which a window may start
     * @param until the first instant after it at which none may
     * @param max how many counters at most, from 1 to 10,000
     * @throws IllegalArgumentException if the quota cannot be the name of one, or max is out of range
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
     * Returns whether a counter is one of those.
     *
     * @param counter the counter
     * @return whether quota, length and start are as said
     */
    public boolean matches(Counter counter) {
        return counter.quota().equals(quota)
                && (length.isEmpty() || counter.window().startsWith(length + "."))
                && !counter.start().isBefore(from)
                && counter.start().isBefore(until);
    }
}
