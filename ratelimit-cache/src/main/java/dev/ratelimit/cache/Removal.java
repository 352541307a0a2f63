package dev.ratelimit.cache;

/** A removal is the cause for which a cache has removed a value. */
public enum Removal {
    /** The cache needed room for other values. */
    SIZE,
    /** The value could no longer be used. */
    EXPIRED,
    /** The value was invalidated, or a newer value that is not kept has replaced it. */
    INVALIDATED,
    /** A newer value was loaded or put. */
    REPLACED
}
