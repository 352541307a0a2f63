package dev.ratelimit;

/**
 * Says what the limiter does with a new key when keys in debt hold every place that it could have.
 *
 * <p>A key is in debt until its budget is full again. Only then can the limiter forget it without losing anything.
 */
public enum WhenSaturated {
    /**
     * The new key is allowed. Of the keys that hold its possible places, the limiter forgets the one with the least
     * debt, which then has a full budget. {@link Limiter#evictedInDebt()} counts these.
     */
    EVICT,

    /** The new key is refused, with {@link Decision.Reason#SATURATED}. The limiter never forgets a debt. */
    DENY
}
