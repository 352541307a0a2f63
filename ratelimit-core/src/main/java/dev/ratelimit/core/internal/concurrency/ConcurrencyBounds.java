package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Policy;
import java.time.Duration;

/**
 * How many slots a key may have in use at once, for how long one is held before it is taken back, and how many callers
 * may wait.
 *
 * @param maxConcurrent the most slots at once, at least 1
 * @param leaseTimeoutNanos the longest time, at least 1 and at most {@link Policy#MAX_DURATION}; or {@link #FOREVER}
 * @param mostWaiting the most callers in the queue of the key, at least 0; or {@link #ANY_NUMBER}
 */
public record ConcurrencyBounds(int maxConcurrent, long leaseTimeoutNanos, int mostWaiting) {

    /** The hold of a slot that is never taken back. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The bound of a queue that has none. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;

    /** Bounds with a queue of any length. */
    public ConcurrencyBounds(int maxConcurrent, long leaseTimeoutNanos) {
        this(maxConcurrent, leaseTimeoutNanos, ANY_NUMBER);
    }

    /** The bounds of a policy that has a number at once, with a queue of any length. */
    public static ConcurrencyBounds of(Policy policy) {
        return of(policy, ANY_NUMBER);
    }

    /** The bounds of a policy that has a number at once, with a bounded queue. */
    public static ConcurrencyBounds of(Policy policy, int mostWaiting) {
        return new ConcurrencyBounds(
                policy.maxConcurrent().orElseThrow(),
                policy.leaseTimeout().map(Duration::toNanos).orElse(FOREVER),
                mostWaiting);
    }

    boolean hasLeaseTimeout() {
        return leaseTimeoutNanos != FOREVER;
    }
}
