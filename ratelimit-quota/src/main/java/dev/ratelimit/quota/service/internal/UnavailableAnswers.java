package dev.ratelimit.quota.service.internal;

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

/** The answers of a service while its store is away, as its user has chosen. Thread-safe. */
sealed interface UnavailableAnswers {

    /** The time after which a new request is worthwhile: the longest pause between two probes of the store. */
    Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** Returns the answers that a service's settings choose. */
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

    /** Returns the denial of a request for which endless counters have no room, while their credit is not known. */
    static QuotaDecision withoutCredit(List<Target> targets, Answer.Counted counted, long nowMillis) {
        return QuotaDecision.unavailable(counted.usages(targets), RETRY_AFTER, Instant.ofEpochMilli(nowMillis));
    }

    /** Returns whether requests end in an exception. */
    default boolean fails() {
        return false;
    }

    /** Returns the decision on a request, and counts the amount if it is allowed. */
    QuotaDecision answer(List<Target> targets, long amount, long nowMillis);

    /** Returns the decision that a request would get, and counts nothing. */
    default QuotaDecision look(List<Target> targets, long amount, long nowMillis) {
        return answer(targets, amount, nowMillis);
    }

    /**
     * Takes on a change that the store certainly has not made. Returns false if the caller must get the failure.
     *
     * @param ofAllowed whether it corrects units that were allowed without the store
     */
    default boolean takesOn(List<Target> targets, long delta, boolean ofAllowed, long nowMillis) {
        return false;
    }

    /**
     * Takes over a charge that was sent without an answer, and sends it again unchanged. Returns false if the caller
     * must get the failure.
     *
     * @param sent one change for each target, in their order
     */
    default boolean takesOver(List<Target> targets, List<Adjust> sent, boolean ofAllowed, long nowMillis) {
        return false;
    }

    /** Returns whether units are owed on these counters, so that a change must go to the owed units. */
    default boolean owesOn(List<Target> targets) {
        return false;
    }

    /**
     * Subtracts an amount from the owed units of each counter, down to zero.
     *
     * @return the units that it subtracted from each
     */
    default long[] takeOff(List<Target> targets, long amount, boolean ofAllowed, long nowMillis) {
        return new long[targets.size()];
    }

    /** Reverses {@link #takeOff}. */
    default void putBack(List<Target> targets, long[] taken, boolean ofAllowed) {}

    /** Returns the usages as far as they are known without the store. */
    default List<QuotaUsage> known(List<Target> targets) {
        return usages(targets, new long[targets.size()]);
    }

    /**
     * Runs a task that sets counters to zero in the store, and then forgets the units owed on them. These units never
     * come back.
     */
    default void reset(List<Counter> counters, Runnable store) {
        store.run();
    }

    /** Returns the counters that have owed units and match a query. */
    default Set<Counter> owedOn(CounterQuery query) {
        return Set.of();
    }

    /** Returns the number of counters that have owed units. */
    default long owedCounters() {
        return 0;
    }

    /** Posts the owed units, as far as the store answers. */
    default void close() {}

    /** Returns the denial of a service that knows an amount on each counter. */
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
            throw new IllegalStateException("requests of this service end in an exception while the store is away");
        }
    }

    /** A denial for each request. */
    record Denying() implements UnavailableAnswers {

        @Override
        public QuotaDecision answer(List<Target> targets, long amount, long nowMillis) {
            return denied(targets, new long[targets.size()], nowMillis);
        }
    }

    /**
     * A service that allows requests and owes their units to the store: all requests, or up to a share of each limit.
     */
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

        /**
         * Returns whether an amount exceeds a limit. Such a request is refused at any time, and the service needs no
         * store for that.
         */
        private static boolean exceedsALimit(List<Target> targets, long amount) {
            return targets.stream()
                    .anyMatch(target ->
                            !target.window().isEndless() && target.quota().limit() < amount);
        }

        /**
         * Returns whether an amount exceeds the limit with the known credit. The store may know of more credit, so the
         * service cannot refuse for ever. The store may also know of no more, so the service cannot allow.
         */
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
