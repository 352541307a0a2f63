package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.WindowBounds;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** Where the quotas of a key come from. Thread-safe. */
public sealed interface QuotaSource permits SameQuotas, PlannedQuotas {

    /**
     * Returns quotas that all keys have.
     *
     * @param quotas at least one, with names of their own
     * @param grace how long their counters are kept
     * @param clock the clock
     * @return the source
     * @throws IllegalArgumentException if two have the same name
     */
    static QuotaSource same(List<Quota> quotas, Grace grace, InstantSource clock) {
        return new SameQuotas(quotas, grace, clock);
    }

    /**
     * Returns quotas of the plan that a key has.
     *
     * @param plans the plans
     * @param grace how long their counters are kept
     * @param clock the clock
     * @param timeSource the time by which answers of the resolver age
     * @return the source
     */
    static QuotaSource byPlan(QuotaPlans plans, Grace grace, InstantSource clock, TimeSource timeSource) {
        return new PlannedQuotas(plans, grace, clock, timeSource);
    }

    /** The quotas of a key, each with the window that was asked for last; takes as long as a resolver does. */
    CurrentWindow[] of(String key);

    /** The quotas of a key of which nothing is known. */
    List<Quota> quotas();

    /** Replaces the quotas of all keys. */
    void update(List<Quota> quotas);

    /** How long counters are kept. */
    Grace grace();

    /** The window of a quota at an instant, as all keys have it; throws if keys have plans, or there is no such quota. */
    WindowBounds window(String quota, long nowMillis);

    /** Forgets the plan of a key. */
    void planChanged(String key);

    /** The quotas of some windows. */
    static List<Quota> quotas(CurrentWindow[] windows) {
        return Arrays.stream(windows).map(CurrentWindow::quota).toList();
    }
}
