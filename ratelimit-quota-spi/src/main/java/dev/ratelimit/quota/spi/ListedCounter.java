package dev.ratelimit.quota.spi;

import java.util.Objects;

/**
 * A listed counter is a counter of a store with its value. Immutable and thread-safe.
 *
 * @param counter the counter
 * @param used the value of the counter, more than zero
 */
public record ListedCounter(Counter counter, long used) {

    /**
     * Creates a listed counter.
     *
     * @param counter the counter
     * @param used the value of the counter, more than zero
     * @throws IllegalArgumentException if the value is not more than zero
     */
    public ListedCounter {
        Objects.requireNonNull(counter, "counter");
        if (used < 1) {
            throw new IllegalArgumentException("used must be more than zero, but was " + used);
        }
    }
}
