package dev.ratelimit.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Read options are the conditions of one request: the maximum age of the answer, the maximum wait for it, and the
 * treatment of a load that the request needs.
 *
 * <pre>{@code
 * cache.get(key, ReadOptions.any().maxAge(Duration.ofSeconds(5)).patience(Duration.ofMillis(200)), loader)
 * }</pre>
 *
 * <p>They apply to this request only and do not affect other callers.
 *
 * <p>Immutable and thread-safe.
 */
public final class ReadOptions {

    /** The ways to load if the cache has no suitable answer. */
    enum Loading {
        /** Joins a load, or begins one that others may join. */
        SHARED,
        /** Begins a load for this caller alone, and keeps a cacheable result. */
        OWN,
        /** Begins a load for this caller alone, and keeps nothing. */
        UNSTORED,
        /** Begins none. */
        NONE
    }

    private static final ReadOptions ANY = new ReadOptions(Long.MAX_VALUE, Long.MAX_VALUE, 1, null, Loading.SHARED);

    private final long maxAgeNanos;
    private final long maxStaleNanos;
    private final long minFreshNanos;
    private final @Nullable Duration patience;
    private final Loading loading;

    private ReadOptions(
            long maxAgeNanos, long maxStaleNanos, long minFreshNanos, @Nullable Duration patience, Loading loading) {
        this.maxAgeNanos = maxAgeNanos;
        this.maxStaleNanos = maxStaleNanos;
        this.minFreshNanos = minFreshNanos;
        this.patience = patience;
        this.loading = loading;
    }

    /**
     * Returns options that accept any answer that the cache may use, and that wait as long as a load may take.
     *
     * @return the default options
     */
    public static ReadOptions any() {
        return ANY;
    }

    /**
     * Returns these options with the maximum age of an answer. The cache loads an older value again, and does not use
     * the older value if that fails.
     *
     * @param age the maximum age, zero or more
     * @return the options with that age
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions maxAge(Duration age) {
        long nanos = Durations.nanos(Durations.notNegative("maxAge", age));
        return new ReadOptions(nanos, maxStaleNanos, minFreshNanos, patience, loading);
    }

    /**
     * Returns these options with the maximum time for which an answer may have been stale; zero for fresh answers only.
     * The cache's own limits apply as well.
     *
     * @param time the maximum time after the value has become stale, zero or more
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions maxStale(Duration time) {
        long nanos = Durations.nanos(Durations.notNegative("maxStale", time));
        // A value becomes stale at its last instant: at that instant it has been stale for zero nanoseconds.
        return new ReadOptions(maxAgeNanos, nanos == 0 ? -1 : nanos, minFreshNanos, patience, loading);
    }

    /**
     * Returns these options with the minimum time for which an answer from the cache must stay fresh. The cache loads
     * any other value again, and does not use the stored one if that fails. The loaded value is the answer, however
     * long it stays fresh.
     *
     * @param time the minimum time, zero or more; zero is the default
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions minFresh(Duration time) {
        long nanos = Durations.nanos(Durations.notNegative("minFresh", time));
        return new ReadOptions(maxAgeNanos, maxStaleNanos, Math.max(1, nanos), patience, loading);
    }

    /**
     * Returns these options with the maximum time that this caller waits for a load. The load itself continues after
     * that time.
     *
     * @param time the maximum wait, at least 1 ns
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ReadOptions patience(Duration time) {
        Durations.positive("patience", time);
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, time, loading);
    }

    /**
     * Returns these options for a request that differs from the others of its key, such as one with
     * {@code Authorization}. If it needs a load, the load is separate: the request joins no load, and no caller joins
     * this one. The cache keeps the value of that load if it is cacheable. Any other result changes nothing that the
     * cache knows of the key. It replaces {@link #noStore()} and {@link #onlyIfCached()}.
     *
     * @return the options with a load of its own
     */
    public ReadOptions ownLoad() {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, patience, Loading.OWN);
    }

    /**
     * Returns these options for a request whose answer the cache must not keep (RFC 9111, section 5.2.1.5). A fresh
     * value in the cache may be the answer. If the request needs a load, the load is separate, and changes nothing that
     * the cache knows of the key. It replaces {@link #ownLoad()} and {@link #onlyIfCached()}.
     *
     * @return the options with a load that leaves no trace
     */
    public ReadOptions noStore() {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, patience, Loading.UNSTORED);
    }

    /**
     * Returns these options for a request that the cache answers by itself or not at all (RFC 9111, section 5.2.1.7).
     * If the cache has no suitable answer, the request fails with the reason
     * {@link LoadFailedException.Reason#NOT_CACHED}. It replaces {@link #ownLoad()} and {@link #noStore()}.
     *
     * @return the options without any load
     */
    public ReadOptions onlyIfCached() {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, patience, Loading.NONE);
    }

    long maxAgeNanos() {
        return maxAgeNanos;
    }

    long maxStaleNanos() {
        return maxStaleNanos;
    }

    /** At least 1: a value that is fresh for less is stale. */
    long minFreshNanos() {
        return minFreshNanos;
    }

    @Nullable
    Duration patience() {
        return patience;
    }

    Loading loading() {
        return loading;
    }
}
