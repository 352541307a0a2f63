package dev.ratelimit.core.internal.quota;

import dev.ratelimit.quota.QuotaUsage;
import java.util.List;

/** Amounts that are given back or charged afterwards: leases first, so that counters say what was used. Thread-safe. */
final class Corrections {

    private final Counting counting;
    private final Adjustments adjustments;
    private final Decisions decisions;

    Corrections(Counting counting, Adjustments adjustments, Decisions decisions) {
        this.counting = counting;
        this.adjustments = adjustments;
        this.decisions = decisions;
    }

    /** Takes an amount off, down to zero. */
    List<QuotaUsage> giveBack(String key, List<Target> targets, long amount) {
        counting.giveBackPrefetched(key);
        List<QuotaUsage> usages = adjustments.apply(targets, -amount);
        decisions.givenBack(targets, usages);
        return usages;
    }

    /** Adds an amount, whatever the limits. */
    List<QuotaUsage> charge(String key, List<Target> targets, long amount, long nowMillis) {
        counting.giveBackPrefetched(key);
        List<QuotaUsage> usages = adjustments.apply(targets, amount);
        decisions.charged(key, targets, usages, amount, nowMillis);
        return usages;
    }
}
