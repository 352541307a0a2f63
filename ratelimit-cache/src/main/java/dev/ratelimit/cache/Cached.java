package dev.ratelimit.cache;

import java.time.Duration;

/**
 * A cached answer is a value with its age and the {@link CacheState} that says where it came from.
 *
 * <p>Immutable if the value is; thread-safe.
 *
 * @param <V> the type of the value
 */
public final class Cached<V> {

    private final Slot.Entry<V> entry;
    private final long now;
    private final CacheState state;
    private final boolean kept;

    /** An answer is one object of 32 bytes. Derived figures are computed when a caller asks for them. */
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
     * Returns the age of the value: the time since it was loaded, plus its age at that time.
     *
     * @return the age, at least zero
     */
    public Duration age() {
        return Duration.ofNanos(entry.age(now));
    }

    /**
     * Returns where the value came from. It is never {@link CacheState#NEGATIVE}: a remembered failure is thrown.
     *
     * @return the state
     */
    public CacheState state() {
        return state;
    }

    /**
     * Returns how much longer the value was fresh when this answer was given.
     *
     * @return the time; negative for a stale value, zero for a value that is not cacheable
     */
    public Duration timeToLive() {
        return Duration.ofNanos(entry.freshUntil() - now);
    }

    /**
     * Returns whether the value was in the cache, or has been added to it.
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
