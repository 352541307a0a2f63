package dev.ratelimit.quota.spi;

import java.util.Objects;

/**
 * A listed counter is a counter that a store holds, and what it shows. Immutable and thread-safe.
 *
 * @param counter the counter
 * @param used what it shows, more than zero
 */
public record ListedCounter(Counter counter, long used) {

    /**
     * Creates a listed counter.
     *
     * @param counter the counter
     * @param used what it shows, more than zero
     * @throws IllegalArgumentException if it shows nothing
     */
    public ListedCounter {
        Objects.requireNonNull(counter, "counter");
        if (used < 1) {
            throw new IllegalArgumentException("used must be more than zero, but was " + used);
        }
    }
}
