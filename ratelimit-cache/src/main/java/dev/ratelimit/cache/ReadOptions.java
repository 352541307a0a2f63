package dev.ratelimit.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Read options are what one caller asks of an answer: how old it may be, how long the caller waits for it, and what the cache
 * does with a load that this caller needs.
 *
 * <pre>{@code
 * cache.get(key, ReadOptions.any().maxAge(Duration.ofSeconds(5)).patience(Duration.ofMillis(200)), loader)
 * }</pre>
 *
 * <p>They concern this caller only: they change nothing for the others.
 *
 * <p>Immutable and thread-safe.
 */
public final class ReadOptions {

    /** What the cache does when it has no answer that suits. */
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
        long nanos = Durations.nanos(Durations.notNegative("maxAge", age));
        return new ReadOptions(nanos, maxStaleNanos, minFreshNanos, patience, loading);
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
        long nanos = Durations.nanos(Durations.notNegative("maxStale", time));
        // A value ceases to be fresh at its last instant: it has been stale for zero nanoseconds then.
        return new ReadOptions(maxAgeNanos, nanos == 0 ? -1 : nanos, minFreshNanos, patience, loading);
    }

    /**
     * Returns these options with the shortest time for which an answer from the cache must stay fresh. Any other is loaded
     * again; and is not used if that fails. What the load brings is the answer, however long it stays fresh.
     *
     * @param time the shortest time, zero or more; zero is the default
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is negative
     */
    public ReadOptions minFresh(Duration time) {
        long nanos = Durations.nanos(Durations.notNegative("minFresh", time));
        return new ReadOptions(maxAgeNanos, maxStaleNanos, Math.max(1, nanos), patience, loading);
    }

    /**
     * Returns these options with the longest time that this caller waits for a load. The load itself goes on.
     *
     * @param time the longest wait, at least 1 ns
     * @return the options with that time
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public ReadOptions patience(Duration time) {
        Durations.positive("patience", time);
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, time, loading);
    }

    /**
     * Returns these options for a request that differs from others of its key, as one with {@code Authorization} does. If it
     * needs a load, that is its own: it joins none, and none joins it. The cache keeps a value of that load if it is for the
     * cache; any other result, or a failure, changes nothing that the cache knows of the key. It replaces {@link #noStore()} and
     * {@link #onlyIfCached()}.
     *
     * @return the options with a load of its own
     */
    public ReadOptions ownLoad() {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, patience, Loading.OWN);
    }

    /**
     * Returns these options for a request whose answer the cache must not keep (RFC 9111, section 5.2.1.5). A fresh value that
     * the cache has may be the answer. If a load is needed, it is this request's own, and changes nothing that the cache knows
     * of the key. It replaces {@link #ownLoad()} and {@link #onlyIfCached()}.
     *
     * @return the options with a load that leaves no trace
     */
    public ReadOptions noStore() {
        return new ReadOptions(maxAgeNanos, maxStaleNanos, minFreshNanos, patience, Loading.UNSTORED);
    }

    /**
     * Returns these options for a request that the cache answers by itself or not at all (RFC 9111, section 5.2.1.7). If the
     * cache has no answer that suits, the request fails with the reason {@link LoadFailedException.Reason#NOT_CACHED}. It
     * replaces {@link #ownLoad()} and {@link #noStore()}.
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
