package dev.ratelimit.cache;

import java.time.Duration;

/**
 * A cached answer is a value, how old it is, and how the caller came by it.
 *
 * <p>Immutable as far as its value is; thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Cached<V> {

    private final V value;
    private final long ageNanos;
    private final CacheState state;

    Cached(V value, long ageNanos, CacheState state) {
        this.value = value;
        this.ageNanos = ageNanos;
        this.state = state;
    }

    /**
     * Returns the value.
     *
     * @return the value
     */
    public V value() {
        return value;
    }

    /**
     * Returns how long ago the value was loaded, with the age that it came with.
     *
     * @return the age, at least zero
     */
    public Duration age() {
        return Duration.ofNanos(ageNanos);
    }

    /**
     * Returns how the caller came by the value. It is never {@link CacheState#NEGATIVE}: a failure is thrown.
     *
     * @return the state
     */
    public CacheState state() {
        return state;
    }

    @Override
    public String toString() {
        return state + ", " + age() + " old";
    }
}
