package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.queue.PendingReservation.ReserveResult;
import dev.ratelimit.core.internal.queue.WaitQueues.PermitSource;
import dev.ratelimit.core.internal.queue.Waiting.MaxWait;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A new request for permits of a key that has a queue, at a reading of the clock. It comes behind all waiting calls and
 * reservations.
 *
 * <p>One of its methods decides the request, once. Guarded by the lock of the queue's stripe.
 */
final class NewRequest {

    private final WaitQueue queue;
    private final PolicyAccount account;
    private final long permits;
    private final long now;

    /** The nanoseconds of blackout. */
    private final long dark;

    /** The debts at each rate behind all others. */
    private final long[] tail;

    NewRequest(WaitQueue queue, long permits, long now) {
        this.queue = queue;
        this.account = queue.account;
        this.permits = permits;
        this.now = now;
        this.dark = queue.dark(now);
        this.tail = tail(queue, now, dark);
    }

    /**
     * Returns the debts that a new request finds, at each rate.
     *
     * @param dark the nanoseconds of blackout
     */
    static long[] tail(WaitQueue queue, long now, long dark) {
        PolicyAccount account = queue.account;
        PendingReservations promises = queue.promises;
        long[] debts = queue.debts(now);
        Waiter head = queue.first();
        long wait = Math.max(dark, head == null ? 0 : Forecast.wait(account, debts, head.permits));
        for (int i = 0; i < debts.length; i++) {
            Scale scale = account.scale(i);
            // While the first call waits for one rate, or for the end of a blackout, another saves up no more than its
            // capacity.
            debts[i] = Math.max(debts[i], scale.emitted(wait))
                    + scale.cost(queue.permits())
                    + scale.cost(promises.permits());
            if (!promises.isEmpty()) {
                debts[i] = Math.max(debts[i], promises.pin(i, scale, now));
            }
        }
        return debts;
    }

    /**
     * Takes the permits, if the budgets have them after all waiting calls and reservations; otherwise returns a refusal
     * with the time until then.
     */
    Decision allow(PermitSource taking) {
        if (dark > 0) {
            return Forecast.blackout(account, turn());
        }
        return queue.size() > 0 || turn() > 0 ? refusal(Decision.Reason.OVER_LIMIT, 0) : take(taking);
    }

    /** Returns the decision on a {@code peek}. */
    Decision look() {
        Decision certain = certain();
        if (certain != null) {
            return certain;
        }
        return dark > 0 ? Forecast.blackout(account, turn()) : Forecast.look(account, tail, permits);
    }

    /** Adds a call to the queue, if its turn comes in time and there is room. */
    JoinResult join(Waiter waiter, MaxWait patience, PermitSource taking) {
        Decision certain = certain();
        if (certain != null) {
            return JoinResult.answered(certain);
        }
        long wait = turn();
        if (queue.size() == 0 && wait == 0) {
            Decision answer = take(taking);
            if (answer.reason() != Decision.Reason.OVER_LIMIT) {
                return JoinResult.answered(answer);
            }
            // A caller that does not check the queue first was faster.
            wait = answer.retryAfterNanos();
        }
        if (dark > 0 && wait > patience.nanos()) {
            return JoinResult.answered(Forecast.blackout(account, wait - patience.nanos()));
        }
        if (wait > patience.policyNanos()) {
            return JoinResult.excess(refusal(Decision.Reason.OVER_LIMIT, patience.nanos()));
        }
        if (wait > patience.callerNanos()) {
            return JoinResult.answered(refusal(Decision.Reason.OVER_LIMIT, patience.callerNanos()));
        }
        WaiterBounds room = queue.rules.room();
        if (queue.size() >= room.mostPerKey()) {
            Decision refusal = crowded(wait);
            return room.isForSeveralKeys() ? JoinResult.excess(refusal) : JoinResult.answered(refusal);
        }
        if (!room.enter()) {
            return JoinResult.answered(crowded(wait));
        }
        waiter.expected = now + wait;
        waiter.isExpected = true;
        queue.append(waiter);
        return JoinResult.waits(waiter);
    }

    /** Does the same for a caller that has found outdated budgets. */
    JoinResult joinAnew(Waiter waiter, MaxWait patience) {
        return join(waiter, patience, new CurrentBudgets());
    }

    /**
     * Takes the permits for a reservation now, or reserves them for the first instant at which the budgets have them
     * after all others.
     */
    ReserveResult reserve(long longest, PermitSource taking, Consumer<Decision> onDeparture) {
        Decision certain = certain();
        if (certain != null) {
            return new ReserveResult(certain, null);
        }
        long[] debts = tail;
        long wait = turn() + roundedUp();
        if (queue.size() == 0 && wait == 0) {
            Decision answer = take(taking);
            if (answer.reason() != Decision.Reason.OVER_LIMIT) {
                return new ReserveResult(answer, null);
            }
            wait = answer.retryAfterNanos();
            debts = tail(queue, now, dark);
        }
        PendingReservation before = queue.promises.last();
        if (before != null && wait > 0) {
            // Permits given back since may be available sooner, but reservations depart in their order.
            wait = Math.max(wait, before.due - now);
        }
        if (dark > 0 && (wait > longest || account.rates() == 0)) {
            return new ReserveResult(Forecast.blackout(account, Math.max(dark, wait - longest)), null);
        }
        if (wait > longest || wait == 0) {
            return new ReserveResult(
                    Forecast.refusal(Decision.Reason.OVER_LIMIT, account, debts, permits, longest), null);
        }
        Decision admission = Forecast.admission(account, debts, permits, wait);
        PendingReservation promise = new PendingReservation(onDeparture, admission, permits, now + wait, debts.length);
        queue.promises.add(promise, account, debts, wait);
        return new ReserveResult(admission, promise);
    }

    /**
     * Does the same for a caller that has found outdated budgets. Such a caller could not give back permits taken from
     * these budgets now. A reservation that departs at once can.
     */
    ReserveResult reserveAnew(long longest, Consumer<Decision> onDeparture, AfterUnlock todo) {
        CurrentBudgets taking = new CurrentBudgets();
        ReserveResult promised = reserve(longest, taking, onDeparture);
        Runnable cancellation = taking.cancellation;
        if (cancellation == null) {
            return promised;
        }
        PendingReservation taken =
                new PendingReservation(onDeparture, promised.decision(), permits, now, account.rates());
        queue.departs(taken, cancellation, todo);
        return new ReserveResult(promised.decision(), taken);
    }

    /** Returns the nanoseconds until the budgets have the permits after all others. */
    private long turn() {
        return Math.max(dark, Forecast.wait(account, tail, permits));
    }

    private Decision take(PermitSource taking) {
        Decision answer = taking.at(now);
        queue.depart(answer, permits);
        return answer;
    }

    /**
     * Returns the decision on a request that does not depend on debts: there are no rates, or one has too small a
     * capacity. A caller that has found outdated budgets cannot know this. Taking yields the decision, because it takes
     * nothing.
     */
    private @Nullable Decision certain() {
        if (account.rates() > 0 && !Forecast.exceedsCapacity(account, permits)) {
            return null;
        }
        Decision answer = account.take(queue.key, permits, now).decision();
        return answer.allowed() && dark > 0 ? null : answer;
    }

    /** The refusal of a call for which there is no room; after a change, there may be no rate to tell of. */
    private Decision crowded(long wait) {
        return account.rates() == 0 ? Forecast.blackout(account, wait) : refusal(Decision.Reason.TOO_MANY_WAITING, 0);
    }

    private Decision refusal(Decision.Reason reason, long patience) {
        return Forecast.refusal(reason, account, tail, permits, patience);
    }

    /**
     * Returns the nanoseconds by which waiting calls may depart later than forecast, because each departs at a whole
     * nanosecond. A new reservation must be behind them all the same, because it keeps its instant.
     */
    private long roundedUp() {
        boolean isWhole = true;
        for (int i = 0; i < account.rates(); i++) {
            isWhole &= account.scale(i).isWhole();
        }
        return isWhole ? 0 : queue.size();
    }

    /**
     * Takes the permits of a caller that has found outdated budgets from the budgets in force, as waiting calls do.
     */
    private final class CurrentBudgets implements PermitSource {

        /** Gives back the permits of the last attempt. */
        private @Nullable Runnable cancellation;

        @Override
        public Decision at(long clock) {
            PolicyAccount.TakeResult taken = account.take(queue.key, permits, clock);
            cancellation = taken.decision().allowed() ? taken.cancellation() : null;
            return taken.decision();
        }
    }

    /**
     * The result of a call that tried to join the queue.
     *
     * @param decision the decision, or null if the call waits
     * @param isExcess whether it was refused because of its own key's usage, and not because of others or its own
     *     maximum wait
     * @param waiter its place in the queue, if it waits; otherwise null
     * @param expected the instant at which its turn is expected
     */
    record JoinResult(
            @Nullable Decision decision,
            boolean isExcess,
            @Nullable Waiter waiter,
            long expected) {

        private static JoinResult waits(Waiter waiter) {
            return new JoinResult(null, false, waiter, waiter.expected);
        }

        private static JoinResult excess(Decision refusal) {
            return new JoinResult(refusal, true, null, 0);
        }

        private static JoinResult answered(Decision decision) {
            return new JoinResult(decision, false, null, 0);
        }
    }
}
