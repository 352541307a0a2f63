package dev.ratelimit.cache;

/**
 * Cache statistics are what a cache has done so far, and what it holds.
 *
 * <p><b>Each request counts once</b>, when it ends, by the {@link CacheState} of its answer or of its
 * {@link LoadFailedException}: it is one of the first six figures, whose sum is the number of requests. A {@code peek} is a request
 * if it returns a value. Loads are counted beside that, as a refresh in the background has no request of its own.
 *
 * <p>Counts only grow. They are read one after the other, so that figures read while requests are answered may be a few
 * requests apart.
 *
 * @param hits the answers that were in the cache, and fresh
 * @param staleHits the answers that were in the cache, and stale
 * @param negativeHits the failures that were remembered
 * @param misses the requests that were loaded for their callers, and those that were to be loaded and were not
 * @param coalesced the callers who waited for another one's load
 * @param bypasses the callers whose answer was loaded for them alone, past the cache
 * @param loads the calls of loaders: what the backend has seen
 * @param loadFailures those that have failed, also by their deadline
 * @param refusedLoads the loads that were not begun, because too many were under way and waiting
 * @param abandonedLoads the loads that were given up at their deadline
 * @param discardedResults the results that came too late, or after an invalidation, and were not kept
 * @param tooLarge the values that were larger than the largest entry, and passed through
 * @param evictedForSize the values that had to go for others
 * @param expired the values that were cleared away when they were of no use any more
 * @param invalidated the values that were invalidated, or whose successor is not kept
 * @param replaced the values in whose place newer ones have come
 * @param cacheFailures the errors of the cache itself, and of the functions and listeners that it was given
 * @param entries the entries that it holds now: values, and what else is remembered of keys, with those that are due to go
 * @param bytes the bytes that these count; zero if the cache is not bounded by bytes
 */
public record CacheStatistics(
        long hits,
        long staleHits,
        long negativeHits,
        long misses,
        long coalesced,
        long bypasses,
        long loads,
        long loadFailures,
        long refusedLoads,
        long abandonedLoads,
        long discardedResults,
        long tooLarge,
        long evictedForSize,
        long expired,
        long invalidated,
        long replaced,
        long cacheFailures,
        long entries,
        long bytes) {}
