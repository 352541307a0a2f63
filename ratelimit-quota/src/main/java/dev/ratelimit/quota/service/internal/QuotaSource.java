package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.WindowBounds;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** The source of the quotas of keys. Thread-safe. */
public sealed interface QuotaSource permits SameQuotas, PlannedQuotas {

    /**
     * Returns a source of quotas that all keys have.
     *
     * @param quotas at least one, each with another name
     * @param grace the time for which counters are kept after their window
     * @param clock the clock
     * @return the source
     * @throws IllegalArgumentException if two have the same name
     */
    static QuotaSource same(List<Quota> quotas, Grace grace, InstantSource clock) {
        return new SameQuotas(quotas, grace, clock);
    }

    /**
     * Returns a source of the quotas of the plan that a key has.
     *
     * @param plans the plans
     * @param grace the time for which counters are kept after their window
     * @param clock the clock
     * @param timeSource the time by which answers of the resolver age
     * @return the source
     */
    static QuotaSource byPlan(QuotaPlans plans, Grace grace, InstantSource clock, TimeSource timeSource) {
        return new PlannedQuotas(plans, grace, clock, timeSource);
    }

    /** Returns the quotas of a key, each with the window of its last request. Takes as long as a resolver takes. */
    CurrentWindow[] of(String key);

    /** Returns the quotas of an unknown key. */
    List<Quota> quotas();

    /** Replaces the quotas of all keys. */
    void update(List<Quota> quotas);

    /** Returns the time for which counters are kept after their window. */
    Grace grace();

    /**
     * Returns the window of a quota at an instant, as all keys have it. Throws if keys have plans, or there is no such
     * quota.
     */
    WindowBounds window(String quota, long nowMillis);

    /** Forgets the plan of a key. */
    void planChanged(String key);

    /** Returns the quotas of windows. */
    static List<Quota> quotas(CurrentWindow[] windows) {
        return Arrays.stream(windows).map(CurrentWindow::quota).toList();
    }
}
