package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Policy;
import java.time.Duration;

/**
 * How many slots a key may have in use at once, for how long one is held before it is taken back, and how many callers
 * may wait.
 *
 * @param atOnce the most slots at once, at least 1
 * @param longestHoldNanos the longest time, at least 1 and at most {@link Policy#LONGEST}; or {@link #FOREVER}
 * @param mostWaiting the most callers in the queue of the key, at least 0; or {@link #ANY_NUMBER}
 */
public record Bounds(int atOnce, long longestHoldNanos, int mostWaiting) {

    /** The hold of a slot that is never taken back. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The bound of a queue that has none. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;

    /** Bounds with a queue of any length. */
    public Bounds(int atOnce, long longestHoldNanos) {
        this(atOnce, longestHoldNanos, ANY_NUMBER);
    }

    /** The bounds of a policy that has a number at once, with a queue of any length. */
    public static Bounds of(Policy policy) {
        return of(policy, ANY_NUMBER);
    }

    /** The bounds of a policy that has a number at once, with a bounded queue. */
    public static Bounds of(Policy policy, int mostWaiting) {
        return new Bounds(
                policy.atOnce().orElseThrow(),
                policy.longestHold().map(Duration::toNanos).orElse(FOREVER),
                mostWaiting);
    }

    boolean hasLongestHold() {
        return longestHoldNanos != FOREVER;
    }
}
