package dev.ratelimit.core.internal.quota;

import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Operation.Adjust;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What a service answers while its store is away: its user's choice. Thread-safe. */
sealed interface UnavailableAnswers {

    /** After how long it is worth asking again: the longest pause between two probes of the store. */
    Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** What a service's settings choose. */
    static UnavailableAnswers of(QuotaSettings settings, StoreCalls calls, ServiceContext surroundings) {
        WhenUnavailable choice = settings.whenUnavailable();
        if (choice instanceof WhenUnavailable.Fail) {
            return new Failing();
        }
        if (choice instanceof WhenUnavailable.Deny) {
            return new Denying();
        }
        OwedUnits owed = new OwedUnits(OwedUnits.MAX_COUNTERS, choice instanceof WhenUnavailable.Local);
        Posting posting = new Posting(owed, calls, settings.clock(), surroundings);
        calls.tell(posting);
        return new Allowing(choice, owed, posting);
    }

    /** The denial of a request that counters without end have no room for, while the credit on top of them is not known. */
    static QuotaDecision withoutCredit(List<Target> targets, Answer.Counted counted, long nowMillis) {
        return QuotaDecision.unavailable(counted.usages(targets), RETRY_AFTER, Instant.ofEpochMilli(nowMillis));
    }

    /** Whether requests are answered by an exception. */
    default boolean fails() {
        return false;
    }

    /** The decision on a request, which counts what it allows. */
    QuotaDecision answer(List<Target> targets, long amount, long nowMillis);

    /** The decision that a request would get; counts nothing. */
    default QuotaDecision look(List<Target> targets, long amount, long nowMillis) {
        return answer(targets, amount, nowMillis);
    }

    /**
     * Takes on a change that the store certainly has not made; false if the caller is to be told that it failed.
     *
     * @param ofAllowed whether it corrects what was allowed without the store
     */
    default boolean takesOn(List<Target> targets, long delta, boolean ofAllowed, long nowMillis) {
        return false;
    }

    /**
     * Takes over a charge that was sent without an answer, and sends it again as it is; false if the caller is to be told.
     *
     * @param sent one for each target, in their order
     */
    default boolean takesOver(List<Target> targets, List<Adjust> sent, boolean ofAllowed, long nowMillis) {
        return false;
    }

    /** Whether something is owed on these counters, so that a change belongs to it. */
    default boolean owesOn(List<Target> targets) {
        return false;
    }

    /**
     * Takes an amount off what is owed on each counter, as far as something is.
     *
     * @return how much of it was owed on each
     */
    default long[] takeOff(List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        return new long[targets.size()];
    }

    /** Takes {@link #takeOff} back. */
    default void putBack(List<Target> targets, long[] taken, boolean ofAllowed) {}

    /** What each counter shows as far as that is known without the store. */
    default List<QuotaUsage> known(List<Target> targets) {
        return usages(targets, new long[targets.size()]);
    }

    /** Has counters set to zero, and then forgets what is owed on them; nothing that was owed comes back later. */
    default void reset(List<Counter> counters, Runnable store) {
        store.run();
    }

    /** The counters that something is owed on and that a query is for. */
    default Set<Counter> owedOn(CounterQuery query) {
        return Set.of();
    }

    /** On how many counters something is owed. */
    default long owedCounters() {
        return 0;
    }

    /** Has the store count what is owed, as far as it answers. */
    default void close() {}

    /** The denial of a service that knows of an amount on each counter. */
    private static QuotaDecision denied(List<Target> targets, long[] known, long nowMillis) {
        return QuotaDecision.unavailable(usages(targets, known), RETRY_AFTER, Instant.ofEpochMilli(nowMillis));
    }

    private static List<QuotaUsage> usages(List<Target> targets, long[] known) {
        List<QuotaUsage> usages = new ArrayList<>(known.length);
        for (int i = 0; i < known.length; i++) {
            usages.add(targets.get(i).usage(known[i]));
        }
        return usages;
    }

    /** An exception for each request. */
    record Failing() implements UnavailableAnswers {

        @Override
        public boolean fails() {
            return true;
        }

        @Override
        public QuotaDecision answer(List<Target> targets, long amount, long nowMillis) {
            throw new IllegalStateException("the failure is the answer");
        }
    }

    /** A denial for each request. */
    record Denying() implements UnavailableAnswers {

        @Override
        public QuotaDecision answer(List<Target> targets, long amount, long nowMillis) {
            return denied(targets, new long[targets.size()], nowMillis);
        }
    }

    /** Admissions, which are owed to the store: all, or up to a share of each limit. */
    record Allowing(WhenUnavailable choice, OwedUnits owed, Posting posting) implements UnavailableAnswers {

        @Override
        public QuotaDecision answer(List<Target> targets, long amount, long nowMillis) {
            if (exceedsALimit(targets, amount)) {
                return refused(targets, amount, nowMillis);
            }
            if (exceedsKnownCredit(targets, amount)) {
                return denied(targets, owed.allowed(targets), nowMillis);
            }
            if (!owed.allow(targets, amount, limits(targets), nowMillis)) {
                return denied(targets, owed.allowed(targets), nowMillis);
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
                return denied(targets, allowed, nowMillis);
            }
            for (int i = 0; i < limits.length; i++) {
                if (limits[i] - allowed[i] < amount) {
                    return denied(targets, allowed, nowMillis);
                }
            }
            return allowed(targets, nowMillis);
        }

        private QuotaDecision allowed(List<Target> targets, long nowMillis) {
            DecisionSource source =
                    choice instanceof WhenUnavailable.Local ? DecisionSource.LOCAL : DecisionSource.OPEN;
            return QuotaDecision.allowed(
                    usages(targets, owed.allowed(targets)), source, Instant.ofEpochMilli(nowMillis));
        }

        /** More than the limit is refused at any time, and no store is needed to say so. */
        private static boolean exceedsALimit(List<Target> targets, long amount) {
            return targets.stream()
                    .anyMatch(target ->
                            !target.window().isEndless() && target.quota().limit() < amount);
        }

        /** The store may know of more credit, so that nobody can say "never"; and of no more, so that nobody can allow. */
        private static boolean exceedsKnownCredit(List<Target> targets, long amount) {
            return targets.stream()
                    .anyMatch(target ->
                            target.window().isEndless() && target.quota().limit() < amount);
        }

        private QuotaDecision refused(List<Target> targets, long amount, long nowMillis) {
            return QuotaDecision.refused(
                    usages(targets, owed.allowed(targets)), amount, Instant.ofEpochMilli(nowMillis));
        }

        private long[] limits(List<Target> targets) {
            long[] limits = new long[targets.size()];
            Arrays.setAll(limits, i -> limit(targets.get(i).quota().limit()));
            return limits;
        }

        /** Decimal, as the user has written the share: 0.29 of 100 is 29. */
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
            return usages(targets, owed.allowed(targets));
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
}
