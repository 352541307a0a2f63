package dev.ratelimit;

/**
 * What becomes of a new key when every place that it could have is held by a key in debt.
 *
 * <p>A key is in debt until its budget is full again; only then can it be forgotten with nothing lost.
 */
public enum WhenSaturated {
    /**
     * The new key is allowed, and of the keys that stand where it could, the one with the least debt is forgotten:
     * it has a full budget when it comes again. {@link Limiter#evictedInDebt()} counts these.
     */
    EVICT,

    /** The new key is refused, with {@link Decision.Reason#SATURATED}; no debt is ever forgotten. */
    DENY
}
