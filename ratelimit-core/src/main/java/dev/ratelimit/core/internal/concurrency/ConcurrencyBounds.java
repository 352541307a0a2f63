package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Policy;
import java.time.Duration;

/**
 * The bounds of a key's slots: the maximum number at once, the time after which one is taken back, and the maximum
 * number of waiting callers.
 *
 * @param maxConcurrent the maximum number of slots at once, at least 1
 * @param leaseTimeoutNanos the longest time that a slot is held, at least 1 and at most {@link Policy#MAX_DURATION}; or
 *     {@link #FOREVER}
 * @param mostWaiting the maximum number of callers in the queue of the key, at least 0; or {@link #ANY_NUMBER}
 */
public record ConcurrencyBounds(int maxConcurrent, long leaseTimeoutNanos, int mostWaiting) {

    /** The lease timeout of a slot that is never taken back. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The bound of an unbounded queue. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;

    /** Creates bounds with an unbounded queue. */
    public ConcurrencyBounds(int maxConcurrent, long leaseTimeoutNanos) {
        this(maxConcurrent, leaseTimeoutNanos, ANY_NUMBER);
    }

    /** Returns the bounds of a policy that bounds concurrency, with an unbounded queue. */
    public static ConcurrencyBounds of(Policy policy) {
        return of(policy, ANY_NUMBER);
    }

    /** Returns the bounds of a policy that bounds concurrency, with a bounded queue. */
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
