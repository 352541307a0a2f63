package dev.ratelimit.quota;

import java.math.BigInteger;
import java.util.Objects;

/**
 * A quota usage is the amount of a quota that a key has used in one window. Immutable and thread-safe.
 *
 * @param quota the quota
 * @param used the amount counted in the window; above the limit if a caller used more than it reserved, or if the limit
 *     was lowered
 * @param window the window; its end is exclusive
 */
public record QuotaUsage(Quota quota, long used, WindowBounds window) {

    /**
     * Creates a usage.
     *
     * @param quota the quota
     * @param used the amount counted, at least 0
     * @param window the window
     * @throws IllegalArgumentException if the amount is negative
     */
    public QuotaUsage {
        Objects.requireNonNull(quota, "quota");
        Objects.requireNonNull(window, "window");
        if (used < 0) {
            throw new IllegalArgumentException("used must be at least 0, but was " + used);
        }
    }

    /**
     * Returns the largest amount that may be used in the window.
     *
     * @return the quota's limit
     */
    public long limit() {
        return quota.limit();
    }

    /**
     * Returns the amount left in the window.
     *
     * @return the limit less the amount used, at least 0
     */
    public long remaining() {
        return Math.max(0, quota.limit() - used);
    }

    /**
     * Returns the percentage of the quota that is used.
     *
     * @return whole percent, rounded down; 100 for a quota whose limit is zero
     */
    public long percent() {
        if (limit() == 0) {
            return 100;
        }
        if (used <= Long.MAX_VALUE / 100) {
            return used * 100 / limit();
        }
        return BigInteger.valueOf(used)
                .multiply(BigInteger.valueOf(100))
                .divide(BigInteger.valueOf(limit()))
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }
}
