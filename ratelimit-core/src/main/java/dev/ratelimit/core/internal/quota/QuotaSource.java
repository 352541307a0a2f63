package dev.ratelimit.core.internal.quota;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaPlans;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** Where the quotas of a key come from. Thread-safe. */
public sealed interface QuotaSource permits SameQuotas, PlannedQuotas {

    /**
     * Returns quotas that all keys have.
     *
     * @param quotas at least one, with names of their own
     * @param clock the clock
     * @return the source
     * @throws IllegalArgumentException if two have the same name
     */
    static QuotaSource same(List<Quota> quotas, InstantSource clock) {
        return new SameQuotas(quotas, clock);
    }

    /**
     * Returns quotas of the plan that a key has.
     *
     * @param plans the plans
     * @param clock the clock
     * @param timeSource the time by which answers of the resolver age
     * @return the source
     */
    static QuotaSource byPlan(QuotaPlans plans, InstantSource clock, TimeSource timeSource) {
        return new PlannedQuotas(plans, clock, timeSource);
    }

    /** The quotas of a key, each with the window that was asked for last; takes as long as a resolver does. */
    CurrentWindow[] of(String key);

    /** The quotas of a key of which nothing is known. */
    List<Quota> quotas();

    /** Replaces the quotas of all keys. */
    void update(List<Quota> quotas);

    /** Forgets the plan of a key. */
    void planChanged(String key);

    /** The quotas of some windows. */
    static List<Quota> quotas(CurrentWindow[] windows) {
        return Arrays.stream(windows).map(CurrentWindow::quota).toList();
    }
}
