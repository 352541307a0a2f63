package dev.ratelimit.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Read options are what one caller asks of an answer: how old it may be, and how long he waits for it.
 *
 * <pre>{@code
 * cache.get(key, ReadOptions.any().maxAge(Duration.ofSeconds(5)).patience(Duration.ofMillis(200)), loader)
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class ReadOptions {

    private static final ReadOptions ANY = new ReadOptions(Long.MAX_VALUE, Long.MAX_VALUE, null);

    private final long maxAgeNanos;
    private final long maxStaleNanos;
    private final @Nullable Duration patience;

    private ReadOptions(long maxAgeNanos, long maxStaleNanos, @Nullable Duration patience) {
        this.maxAgeNanos = maxAgeNanos;
        this.maxStaleNanos = maxStaleNanos;
        this.patience = patience;
    }

    /**
     * Returns the options of a caller who takes what the cache says is usable, and waits as long as a load may take.
     *
     * @return the default options
     */
    public static ReadOptions any() {
        return ANY;
    }

    /**
     * Returns these options with the longest age of an answer. What is older is loaded again; and is not used if that
     * fails, whatever the cache would allow.
     *
     * @param age the longest age, zero or more
     * @return the options with that age
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions maxAge(Duration age) {
        return new ReadOptions(Durations.nanos(Durations.notNegative("maxAge", age)), maxStaleNanos, patience);
    }

    /**
     * Returns these options with the longest time since when an answer may be stale; zero for fresh ones only. It only narrows
     * what the cache would allow.
     *
     * @param time the longest time after it has ceased to be fresh, zero or more
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions maxStale(Duration time) {
        return new ReadOptions(maxAgeNanos, Durations.nanos(Durations.notNegative("maxStale", time)), patience);
    }

    /**
     * Returns these options with the longest time that this caller waits for a load. The load itself goes on.
     *
     * @param time the longest wait, at least 1 ns
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ReadOptions patience(Duration time) {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, Durations.positive("patience", time));
    }

    long maxAgeNanos() {
        return maxAgeNanos;
    }

    long maxStaleNanos() {
        return maxStaleNanos;
    }

    @Nullable
    Duration patience() {
        return patience;
    }
}
