package dev.ratelimit.cache;

/**
 * Cache statistics are the counts of what a cache has done so far, and its current size.
 *
 * <p><b>Each request counts once</b>, when it ends, by the {@link CacheState} of its answer or of its
 * {@link LoadFailedException}. It counts in one of the first six figures, whose sum is the number of requests. A
 * {@code peek} is a request if it returns a value. Loads are counted separately, because a refresh in the background
 * belongs to no request.
 *
 * <p>Counts only grow. They are read one after the other. So while requests are answered, the figures may differ by a
 * few requests.
 *
 * @param hits the answers that were in the cache, and fresh
 * @param staleHits the answers that were in the cache, and stale
 * @param negativeHits the failures that were remembered
 * @param misses the requests with a load of their own, and those that needed a load and got none
 * @param coalesced the requests that waited for another caller's load
 * @param bypasses the requests whose answer was loaded for them alone and bypassed the cache
 * @param loads the calls of loaders: what the backend has seen
 * @param loadFailures those that have failed, also by their deadline
 * @param refusedLoads the loads that were refused because too many loads were running and waiting
 * @param abandonedLoads the loads that were given up at their deadline
 * @param discardedResults the results that came too late, or after an invalidation, and were not kept
 * @param tooLarge the values that were larger than the largest entry, and so were not kept
 * @param evictedForSize the values that were evicted to make room
 * @param expired the values that were removed when they could no longer be used
 * @param invalidated the values that were invalidated, or whose successor is not kept
 * @param replaced the values that newer ones have replaced
 * @param cacheFailures the errors of the cache itself, and of the functions and listeners that it was given
 * @param entries the current entries: values, and other memory of keys, including expired ones that are not yet removed
 * @param bytes the bytes of these entries; zero if the cache is not bounded by bytes
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
