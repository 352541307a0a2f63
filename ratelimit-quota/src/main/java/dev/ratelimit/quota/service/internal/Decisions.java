package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes decisions from usages, and notifies the listener of the percentages that a key reaches. Thread-safe. */
final class Decisions {

    private final @Nullable Thresholds thresholds;

    Decisions(QuotaSettings.@Nullable Shares shares, InstantSource clock) {
        this.thresholds = shares == null ? null : new Thresholds(shares, clock);
    }

    /** Returns the decision on an answered request whose amount stays counted until a caller gives it back. */
    QuotaDecision of(String key, List<Target> targets, Answer.Counted counted, long amount, long nowMillis) {
        return of(key, targets, counted, amount, Thresholds.Stay.FOR_GOOD, nowMillis);
    }

    /** Returns the decision on an answered request. */
    QuotaDecision of(
            String key,
            List<Target> targets,
            Answer.Counted counted,
            long amount,
            Thresholds.Stay stay,
            long nowMillis) {
        List<QuotaUsage> usages = counted.usages(targets);
        if (thresholds != null) {
            long granted = counted.granted() ? amount : 0;
            thresholds.look(new Thresholds.Step(key, granted, stay, nowMillis), targets, usages);
        }
        return counted.granted()
                ? QuotaDecision.allowed(usages, counted.source(), Instant.ofEpochMilli(nowMillis))
                : decision(false, usages, amount, nowMillis);
    }

    /** Returns the decision on a request of one quota. Makes the counter's name only if the listener may be called. */
    QuotaDecision of(CurrentWindow window, QuotaUsage usage, String key, boolean granted, long amount, long nowMillis) {
        List<QuotaUsage> usages = List.of(usage);
        if (thresholds != null && thresholds.concerns(usage)) {
            Thresholds.Step step = new Thresholds.Step(key, granted ? amount : 0, Thresholds.Stay.FOR_GOOD, nowMillis);
            thresholds.look(step, List.of(window.target(key, nowMillis)), usages);
        }
        return decision(granted, usages, amount, nowMillis);
    }

    /** Checks the percentages after an amount was charged. */
    void charged(String key, List<Target> targets, List<QuotaUsage> usages, long amount, long nowMillis) {
        if (thresholds != null) {
            thresholds.look(new Thresholds.Step(key, amount, Thresholds.Stay.FOR_GOOD, nowMillis), targets, usages);
        }
    }

    /** Forgets the percentages that are no longer reached after units were given back. */
    void givenBack(List<Target> targets, List<QuotaUsage> usages) {
        if (thresholds != null) {
            thresholds.fallen(targets, usages);
        }
    }

    /** Returns the decision that a request would get with these usages before it. */
    static QuotaDecision ofLook(List<QuotaUsage> usages, long amount, long nowMillis) {
        return decision(usages.stream().allMatch(usage -> amount <= usage.remaining()), usages, amount, nowMillis);
    }

    private static QuotaDecision decision(boolean granted, List<QuotaUsage> usages, long amount, long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        return granted ? QuotaDecision.allowed(usages, now) : QuotaDecision.refused(usages, amount, now);
    }
}
