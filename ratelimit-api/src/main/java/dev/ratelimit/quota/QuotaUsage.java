package dev.ratelimit.quota;

import java.math.BigInteger;
import java.util.Objects;

/**
 * A usage is what a key has used of a quota in one window. Immutable.
 *
 * @param quota the quota
 * @param used the amount counted in the window; above the limit if more was used than reserved, or the limit was lowered
 * @param window the window, from its start to before its end
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
     * Returns the most that may be used in the window.
     *
     * @return the quota's limit
     */
    public long limit() {
        return quota.limit();
    }

    /**
     * Returns what is left in the window.
     *
     * @return the limit less the amount used, at least 0
     */
    public long remaining() {
        return Math.max(0, quota.limit() - used);
    }

    /**
     * Returns how much of the quota is used.
     *
     * @return whole percents, rounded down; 100 of a quota whose limit is zero
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
