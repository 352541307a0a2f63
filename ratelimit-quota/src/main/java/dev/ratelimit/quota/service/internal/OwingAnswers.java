package dev.ratelimit.quota.service.internal;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Operation.Adjust;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The answers of a service that allows requests while its store is away, and owes their units to the store: all
 * requests, or up to a share of each limit. Thread-safe.
 */
record OwingAnswers(WhenUnavailable choice, OwedUnits owed, Posting posting) implements UnavailableAnswers {

    @Override
    public QuotaDecision answer(List<Target> targets, long amount, long nowMillis) {
        if (exceedsALimit(targets, amount)) {
            return refused(targets, amount, nowMillis);
        }
        if (exceedsKnownCredit(targets, amount)) {
            return UnavailableAnswers.denied(targets, owed.allowed(targets), nowMillis);
        }
        if (!owed.allow(targets, amount, limits(targets), nowMillis)) {
            return UnavailableAnswers.denied(targets, owed.allowed(targets), nowMillis);
        }
        posting.soon();
        return allowed(targets, nowMillis);
    }

    @Override
    public QuotaDecision look(List<Target> targets, long amount, long nowMillis) {
        if (exceedsALimit(targets, amount)) {
            return refused(targets, amount, nowMillis);
        }
        long[] limits = limits(targets);
        long[] allowed = owed.allowed(targets);
        if (owed.isClosed() || exceedsKnownCredit(targets, amount)) {
            return UnavailableAnswers.denied(targets, allowed, nowMillis);
        }
        for (int i = 0; i < limits.length; i++) {
            if (limits[i] - allowed[i] < amount) {
                return UnavailableAnswers.denied(targets, allowed, nowMillis);
            }
        }
        return allowed(targets, nowMillis);
    }

    private QuotaDecision allowed(List<Target> targets, long nowMillis) {
        DecisionSource source = choice instanceof WhenUnavailable.Local ? DecisionSource.LOCAL : DecisionSource.OPEN;
        return QuotaDecision.allowed(
                UnavailableAnswers.usages(targets, owed.allowed(targets)), source, Instant.ofEpochMilli(nowMillis));
    }

    /**
     * Returns whether an amount exceeds a limit. Such a request is refused at any time, and the service needs no
     * store for that.
     */
    private static boolean exceedsALimit(List<Target> targets, long amount) {
        return targets.stream()
                .anyMatch(
                        target -> !target.window().isEndless() && target.quota().limit() < amount);
    }

    /**
     * Returns whether an amount exceeds the limit with the known credit. The store may know of more credit, so the
     * service cannot refuse for ever. The store may also know of no more, so the service cannot allow.
     */
    private static boolean exceedsKnownCredit(List<Target> targets, long amount) {
        return targets.stream()
                .anyMatch(
                        target -> target.window().isEndless() && target.quota().limit() < amount);
    }

    private QuotaDecision refused(List<Target> targets, long amount, long nowMillis) {
        return QuotaDecision.refused(
                UnavailableAnswers.usages(targets, owed.allowed(targets)), amount, Instant.ofEpochMilli(nowMillis));
    }

    private long[] limits(List<Target> targets) {
        long[] limits = new long[targets.size()];
        Arrays.setAll(limits, i -> limit(targets.get(i).quota().limit()));
        return limits;
    }

    /**
     * Returns the amount that is allowed without the store. It computes in decimals, as the user has written the
     * share: 0.29 of 100 is 29.
     */
    private long limit(long whole) {
        return choice instanceof WhenUnavailable.Local local
                ? BigDecimal.valueOf(local.share())
                        .multiply(BigDecimal.valueOf(whole))
                        .longValue()
                : Long.MAX_VALUE;
    }

    @Override
    public boolean takesOn(List<Target> targets, long delta, boolean ofAllowed, long nowMillis) {
        boolean taken = owed.add(targets, delta, ofAllowed, nowMillis);
        if (taken) {
            posting.soon();
        }
        return taken;
    }

    @Override
    public boolean takesOver(List<Target> targets, List<Adjust> sent, boolean ofAllowed, long nowMillis) {
        boolean taken = owed.takeOver(targets, sent, ofAllowed, nowMillis);
        if (taken) {
            posting.soon();
        }
        return taken;
    }

    @Override
    public boolean owesOn(List<Target> targets) {
        return owed.isOwedOn(targets);
    }

    @Override
    public long[] takeOff(List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        return owed.takeOff(targets, amount, ofAllowed, nowMillis);
    }

    @Override
    public void putBack(List<Target> targets, long[] taken, boolean ofAllowed) {
        owed.putBack(targets, taken, ofAllowed);
        posting.soon();
    }

    @Override
    public List<QuotaUsage> known(List<Target> targets) {
        return UnavailableAnswers.usages(targets, owed.allowed(targets));
    }

    @Override
    public void reset(List<Counter> counters, Runnable store) {
        posting.still(() -> {
            store.run();
            owed.forgive(counters);
        });
    }

    @Override
    public Set<Counter> owedOn(CounterQuery query) {
        return owed.matching(query);
    }

    @Override
    public long owedCounters() {
        return owed.size();
    }

    @Override
    public void close() {
        posting.close();
    }
}
