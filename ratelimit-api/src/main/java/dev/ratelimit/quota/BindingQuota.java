package dev.ratelimit.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The choice of the quota whose figures a decision shows, by its place among the usages. */
final class BindingQuota {

    /** Stands for the place of a quota that refuses, if none does. */
    static final int NONE = -1;

    private BindingQuota() {}

    /** Returns the quota with the fewest units left; the first of several. */
    static int fewestLeft(List<QuotaUsage> all) {
        int least = 0;
        for (int i = 1; i < all.size(); i++) {
            least = all.get(i).remaining() < all.get(least).remaining() ? i : least;
        }
        return least;
    }

    /**
     * Returns the quota that refuses an amount; {@link #NONE} if all have it. Of several, it is the one whose window
     * ends last, or that never has the amount.
     */
    static int refusing(List<QuotaUsage> all, long amount) {
        int last = NONE;
        for (int i = 0; i < all.size(); i++) {
            QuotaUsage usage = all.get(i);
            if (usage.remaining() < amount && (last < 0 || isLater(usage, all.get(last), amount))) {
                last = i;
            }
        }
        return last;
    }

    private static boolean isLater(QuotaUsage usage, QuotaUsage than, long amount) {
        boolean never = isNever(usage, amount);
        return never == isNever(than, amount)
                ? usage.window().end().isAfter(than.window().end())
                : never;
    }

    /** Returns the time until a quota that refuses an amount may have it; {@link QuotaDecision#NEVER} for ever. */
    static Duration retryAfter(QuotaUsage refusing, long amount, Instant now) {
        if (isNever(refusing, amount)) {
            return QuotaDecision.NEVER;
        }
        Duration wait = Duration.between(now, refusing.window().end());
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static boolean isNever(QuotaUsage usage, long amount) {
        return amount > usage.limit() || usage.window().isEndless();
    }
}
