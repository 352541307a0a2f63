package dev.ratelimit.cache;

/** A removal cause says why a cache does not keep a value any more. */
public enum Removal {
    /** It had to go for others. */
    SIZE,
    /** It was of no use any more. */
    EXPIRED,
    /** It was invalidated, or what came after it is not kept. */
    INVALIDATED,
    /** A newer value has come in its place, or was put there. */
    REPLACED
}
