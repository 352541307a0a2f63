package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.service.internal.Thresholds.Stay;
import dev.ratelimit.quota.spi.OperationId;
import java.time.Instant;
import java.util.List;

/**
 * Decides requests: counts them, and counts them again if their limits were raised meanwhile. While the store is away,
 * it answers as the user has chosen. Each decision and each failure is in the statistics. Thread-safe.
 */
final class Admissions {

    private final StoreCalls calls;
    private final Counting counting;
    private final IdempotentRequests once;
    private final KeyTargets keyTargets;
    private final Credits credits;
    private final Decisions decisions;
    private final UnavailableAnswers absence;
    private final Meter meter;

    Admissions(
            StoreCalls calls,
            Counting counting,
            KeyTargets keyTargets,
            Credits credits,
            Decisions decisions,
            UnavailableAnswers absence,
            Meter meter) {
        this.calls = calls;
        this.counting = counting;
        this.once = new IdempotentRequests(calls);
        this.keyTargets = keyTargets;
        this.credits = credits;
        this.decisions = decisions;
        this.absence = absence;
        this.meter = meter;
    }

    /**
     * The decision on a request that its caller may repeat.
     *
     * @param amounts the amounts that the first request with the same id counted, one for each target
     * @param targets the targets with the limits in the store now
     */
    record IdempotentDecision(QuotaDecision decision, List<Long> amounts, List<Target> targets) {}

    /**
     * Decides a request.
     *
     * @param windows the current windows of the key's quotas
     * @param targets the counters of the key in these windows
     * @param stay the time for which the amount stays counted
     * @param nowMillis the time when the request began
     */
    QuotaDecision decide(
            CurrentWindow[] windows, String key, List<Target> targets, long amount, Stay stay, long nowMillis) {
        Request request = new Request(targets, amount);
        if (!absence.fails() && !calls.permits()) {
            Answer.Counted prefetched = counting.grantPrefetched(key, request);
            return meter.decided(
                    prefetched == null
                            ? absence.answer(targets, amount, nowMillis)
                            : decisions.of(key, targets, prefetched, amount, stay, nowMillis));
        }
        Answer answer = known(counting.ask(key, request));
        if (answer instanceof Answer.Counted counted) {
            List<Target> raised;
            try {
                raised = raised(windows, key, targets, counted, nowMillis);
            } catch (QuotaUnavailableException e) {
                if (absence.fails()) {
                    meter.failed(e.certainty());
                    throw e;
                }
                if (Credits.mayAdmit(targets, counted, amount)) {
                    return meter.decided(UnavailableAnswers.withoutCredit(targets, counted, nowMillis));
                }
                raised = targets;
            }
            return raised.equals(targets)
                    ? meter.decided(decisions.of(key, targets, counted, amount, stay, nowMillis))
                    : decide(windows, key, raised, amount, stay, nowMillis);
        }
        if (absence.fails()) {
            Answer.Failed failed = (Answer.Failed) answer;
            meter.failed(failed.exception().certainty());
            throw failed.thrown();
        }
        return meter.decided(absence.answer(targets, amount, nowMillis));
    }

    /**
     * Converts a refusal after which the store failed. The refusal is certain, so no choice for a store that is away
     * allows the request. If such requests end in an exception, that exception says what is in doubt.
     */
    private Answer known(Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            return absence.fails() ? refused.trouble() : refused.counted();
        }
        return answer;
    }

    /**
     * Returns the targets with the limits in the store now, if credit from another process may make a refusal wrong.
     */
    private List<Target> raised(
            CurrentWindow[] windows, String key, List<Target> targets, Answer.Counted counted, long nowMillis) {
        if (counted.granted() || !Credits.concern(targets)) {
            return targets;
        }
        credits.reread(key, targets);
        return keyTargets.of(windows, key, nowMillis);
    }

    /** Finds the round of a request to reserve with an idempotency key. */
    IdempotentRequests.ReservationRound round(String key, Request request, String idempotencyKey, long nowMillis) {
        try {
            return once.round(key, request, idempotencyKey, Instant.ofEpochMilli(nowMillis));
        } catch (QuotaUnavailableException e) {
            meter.failed(e.certainty());
            throw e;
        }
    }

    /** Decides a request that its caller may repeat: all requests with one id count once. */
    IdempotentDecision decideOnce(
            CurrentWindow[] windows, String key, List<Target> targets, long amount, OperationId id, long nowMillis) {
        Request request = new Request(targets, amount);
        IdempotentRequests.IdempotentAnswer reply = once.ask(request, id);
        if (reply.answer() instanceof Answer.Counted first && !first.granted() && prefetchedWentBack(key)) {
            // Refused because of units that this process had prefetched and that no request has used.
            reply = once.ask(request, id);
        }
        if (reply.answer() instanceof Answer.Counted counted) {
            // The store does not remember a denial, so the same request may be sent again with a higher limit.
            List<Target> raised = raised(windows, key, targets, counted, nowMillis);
            if (!raised.equals(targets)) {
                return decideOnce(windows, key, raised, amount, id, nowMillis);
            }
            // A repetition shows the usage of the first request, and reaches no percentage again.
            QuotaDecision decision = decisions.of(key, targets, counted, amount, Stay.FOR_NOW, nowMillis);
            return new IdempotentDecision(meter.decided(decision), reply.amounts(), targets);
        }
        Answer.Failed failed = (Answer.Failed) reply.answer();
        meter.failed(failed.exception().certainty());
        throw failed.thrown();
    }

    private boolean prefetchedWentBack(String key) {
        try {
            return counting.giveBackPrefetched(key);
        } catch (QuotaUnavailableException e) {
            // The prefetched units stay counted, so the request stays refused.
            return false;
        }
    }
}
