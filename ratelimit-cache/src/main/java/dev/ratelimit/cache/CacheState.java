package dev.ratelimit.cache;

/** A cache state says how a caller came by an answer. */
public enum CacheState {
    /** It was in the cache, and fresh. */
    HIT,
    /** It was in the cache and no longer fresh, but may be used while it is renewed, or because that has failed. */
    STALE,
    /** It was loaded for this caller. */
    MISS,
    /** It was loaded for another caller, while this one waited. */
    COALESCED,
    /** It is a failure that the cache has remembered. */
    NEGATIVE,
    /** It was loaded for this caller alone, past the cache: it may not be shared, or the cache itself has failed. */
    BYPASS
}
