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

    private final Slot.Entry<V> entry;
    private final long now;
    private final CacheState state;
    private final boolean kept;

    /** One object for each answer, of 32 bytes: what can be worked out is worked out when it is asked for. */
    Cached(Slot.Entry<V> entry, long now, CacheState state, boolean kept) {
        this.entry = entry;
        this.now = now;
        this.state = state;
        this.kept = kept;
    }

    /**
     * Returns the value.
     *
     * @return the value
     */
    public V value() {
        return entry.value();
    }

    /**
     * Returns how long ago the value was loaded, with the age that it came with.
     *
     * @return the age, at least zero
     */
    public Duration age() {
        return Duration.ofNanos(entry.age(now));
    }

    /**
     * Returns how the caller came by the value. It is never {@link CacheState#NEGATIVE}: a failure is thrown.
     *
     * @return the state
     */
    public CacheState state() {
        return state;
    }

    /**
     * Returns for how much longer the value was fresh when this answer was given.
     *
     * @return the time; negative for what was stale, zero for what is not for the cache
     */
    public Duration timeToLive() {
        return Duration.ofNanos(entry.freshUntil() - now);
    }

    /**
     * Returns whether the value was in the cache, or is from now on.
     *
     * @return whether the cache keeps it
     */
    public boolean isKept() {
        return kept;
    }

    @Override
    public String toString() {
        return state + ", " + age() + " old";
    }
}
