package dev.ratelimit.quota.service.internal;

import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaUsage;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Operation.Adjust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The answers of a service while its store is away, as its user has chosen. Thread-safe. */
sealed interface UnavailableAnswers permits UnavailableAnswers.Failing, UnavailableAnswers.Denying, OwingAnswers {

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
        return new OwingAnswers(choice, owed, posting);
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
    static QuotaDecision denied(List<Target> targets, long[] known, long nowMillis) {
        return QuotaDecision.unavailable(usages(targets, known), RETRY_AFTER, Instant.ofEpochMilli(nowMillis));
    }

    /** Returns the usages of targets of which this process knows these amounts. */
    static List<QuotaUsage> usages(List<Target> targets, long[] known) {
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
}
