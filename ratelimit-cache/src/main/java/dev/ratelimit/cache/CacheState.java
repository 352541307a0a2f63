package dev.ratelimit.cache;

/** A cache state says where an answer came from. */
public enum CacheState {
    /** The answer was in the cache, and fresh. */
    HIT,
    /**
     * The answer was in the cache and stale. It may be used while the cache renews it, or because renewing has failed.
     */
    STALE,
    /** The cache loaded the answer for this caller. */
    MISS,
    /** The cache loaded the answer for another caller, and this caller waited for that load. */
    COALESCED,
    /** The answer is a failure that the cache has remembered. */
    NEGATIVE,
    /**
     * The answer was loaded for this caller alone and bypassed the cache: it must not be shared, or the cache itself
     * has failed.
     */
    BYPASS
}
