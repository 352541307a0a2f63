package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Policy;
import java.time.Duration;

/**
 * How many slots a key may have in use at once, and for how long one is held before it is taken back.
 *
 * @param atOnce the most slots at once, at least 1
 * @param longestHoldNanos the longest time, at least 1 and at most {@link Policy#LONGEST}; or {@link #FOREVER}
 */
public record Bounds(int atOnce, long longestHoldNanos) {

    /** The hold of a slot that is never taken back. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The bounds of a policy that has a number at once. */
    public static Bounds of(Policy policy) {
        return new Bounds(
                policy.atOnce().orElseThrow(),
                policy.longestHold().map(Duration::toNanos).orElse(FOREVER));
    }
}
