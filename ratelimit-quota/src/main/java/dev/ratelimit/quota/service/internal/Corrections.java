package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.QuotaUsage;
import java.util.Arrays;
import java.util.List;

/**
 * Gives back, charges and resets amounts of a key. It first gives back prefetched units, so that counters show only
 * used units. Thread-safe.
 */
final class Corrections {

    private final Counting counting;
    private final Adjustments adjustments;
    private final Decisions decisions;
    private final UnavailableAnswers absence;

    Corrections(Counting counting, Adjustments adjustments, Decisions decisions, UnavailableAnswers absence) {
        this.counting = counting;
        this.adjustments = adjustments;
        this.decisions = decisions;
        this.absence = absence;
    }

    /**
     * Subtracts an amount from each counter, down to zero. It takes owed units first, which the store has not counted
     * yet, and subtracts the rest in the store. If the store fails, nothing has changed or, in doubt, the counters show
     * too much.
     *
     * @param ofAllowed whether the amount was allowed without the store
     */
    List<QuotaUsage> giveBack(String key, List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        long[] owed = absence.takeOff(targets, amount, ofAllowed, nowMillis);
        long[] rest = Arrays.stream(owed).map(taken -> amount - taken).toArray();
        if (Arrays.stream(rest).allMatch(each -> each == 0)) {
            return shown(key, targets);
        }
        boolean done = false;
        try {
            counting.giveBackPrefetched(key);
            List<QuotaUsage> usages = adjustments.takeOff(targets, rest);
            done = true;
            decisions.givenBack(targets, usages);
            return usages;
        } finally {
            if (!done) {
                absence.putBack(targets, owed, ofAllowed);
            }
        }
    }

    private List<QuotaUsage> shown(String key, List<Target> targets) {
        try {
            return counting.used(key, targets);
        } catch (QuotaUnavailableException e) {
            return absence.known(targets);
        }
    }

    /** Sets counters to zero. */
    void reset(String key, List<Target> targets) {
        absence.reset(targets.stream().map(Target::counter).toList(), () -> {
            counting.giveBackPrefetched(key);
            decisions.givenBack(targets, adjustments.apply(targets, -Long.MAX_VALUE));
        });
    }

    /** Adds an amount, also beyond the limits. */
    List<QuotaUsage> charge(String key, List<Target> targets, long amount, long nowMillis) {
        counting.giveBackPrefetched(key);
        List<QuotaUsage> usages = adjustments.apply(targets, amount);
        decisions.charged(key, targets, usages, amount, nowMillis);
        return usages;
    }
}
