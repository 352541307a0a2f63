package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaPlan;
import dev.ratelimit.quota.QuotaPlanFallback;
import dev.ratelimit.quota.QuotaPlans;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.WindowBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import dev.ratelimit.runtime.resolve.Resolved;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * The quotas of the plan of each key, remembered with the windows of the last requests. Each key has its own windows,
 * because a plan with its own billing day or start usually belongs to one customer. Thread-safe.
 */
final class PlannedQuotas implements QuotaSource {

    /** A plan and its windows. */
    private static final class InForce {

        private final QuotaPlan plan;
        private final CurrentWindow[] windows;

        private InForce(QuotaPlan plan, CurrentWindow[] windows) {
            this.plan = plan;
            this.windows = windows;
        }

        static InForce of(QuotaPlan plan, Grace grace, long nowMillis) {
            return new InForce(plan, CurrentWindow.of(plan.quotas(), grace, nowMillis));
        }
    }

    private final Resolved<String, InForce> resolved;
    private final InForce otherwise;
    private final Grace grace;
    private final KeyHash hash = new KeyHash(new SecureRandom());

    PlannedQuotas(QuotaPlans plans, Grace grace, InstantSource clock, TimeSource timeSource) {
        this.grace = grace;
        this.otherwise = InForce.of(plans.fallback(), grace, clock.millis());
        this.resolved = new Resolved<>(
                "a quota plan resolver",
                (String key) -> inForce(plans.resolver().resolve(key), grace, clock),
                otherwise,
                new Resolved.Terms(plans.maxEntries(), plans.maxAge(), plans.retryAfter()),
                (fingerprint, answer) -> {},
                fallback -> plans.onFallback()
                        .accept(new QuotaPlanFallback(fallback.value().plan, fallback.known(), fallback.cause())),
                timeSource);
    }

    private static InForce inForce(QuotaPlan plan, Grace grace, InstantSource clock) {
        if (plan == null) {
            throw new IllegalStateException("the resolver returned null; keys that it does not know need a plan, too");
        }
        return InForce.of(plan, grace, clock.millis());
    }

    @Override
    public CurrentWindow[] of(String key) {
        StoreQuotas.checkKey(key);
        try {
            return resolved.ofUninterrupted(key, hash.of(key)).windows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // The default may be far more generous than the key's own plan.
            throw new QuotaUnavailableException(
                    Certainty.NOT_APPLIED,
                    "the thread was interrupted before the plan of the key was known; nothing was counted",
                    e);
        }
    }

    @Override
    public List<Quota> quotas() {
        return otherwise.plan.quotas();
    }

    @Override
    public void update(List<Quota> quotas) {
        throw new IllegalStateException(
                "the quotas of this service come from plans: change the resolver's answer, and call planChanged(key)");
    }

    @Override
    public void planChanged(String key) {
        resolved.invalidate(hash.of(key));
    }

    @Override
    public Grace grace() {
        return grace;
    }

    @Override
    public WindowBounds window(String quota, long nowMillis) {
        throw new IllegalStateException(
                "the windows of this service come from plans, and may differ by key: name the span of their starts");
    }
}
