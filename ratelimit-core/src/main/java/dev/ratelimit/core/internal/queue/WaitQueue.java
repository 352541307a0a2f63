package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one key: the calls that wait for permits, first come, first served, and the reservations that are not
 * yet due.
 *
 * <p>The budgets are charged only for permits that have departed. So a call that leaves the queue gives nothing back:
 * the calls behind it just move up. The first call departs as soon as the budgets have its permits, and if taking them
 * leaves every reservation its permits at its instant. This guarantees the rate: a departure is charged when it
 * happens, and is refused if the budget does not have the permits.
 *
 * <p><b>New requests</b> find the debts of the <i>tail</i>: permits that have departed, that are reserved, and that
 * calls wait for.
 *
 * <p><b>In a blackout</b> of the key no call departs. Waiting calls stay in their order, and find their budgets
 * afterwards as they are then: full at most. Those that cannot wait for so long are refused. Only what is promised
 * departs at its instant.
 *
 * <p><b>Lateness.</b> A thread never wakes exactly at its due instant. On the system's time, a departure that is late
 * by at most {@link #CREDIT_NANOS} is charged as of its due instant, so that a rate with a burst of one permit is not
 * reduced by the lateness of threads. With any other time source, a departure is charged as of the reading at which it
 * happens.
 *
 * <p>Guarded by the lock of its stripe.
 */
final class WaitQueue {

    /** The largest lateness that is not charged, on the system's time. */
    static final long CREDIT_NANOS = 10_000_000;

    final long key;
    PolicyAccount account;
    final PendingReservations promises = new PendingReservations();

    private final QueueRules rules;
    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int size;

    /** The permits that calls wait for. */
    private long permits;

    /** The permits that have departed since this queue was created. */
    private long departed;

    /** The instant at which the first call was last found to be due. */
    private long due;

    private boolean isDueKnown;

    WaitQueue(long key, PolicyAccount account, QueueRules rules) {
        this.key = key;
        this.account = account;
        this.rules = rules;
    }

    /** Returns whether these are its budgets. */
    @SuppressWarnings("ReferenceEquality") // new budgets of the same policy are different
    boolean isOf(PolicyAccount other) {
        return account == other;
    }

    /** Returns the time that the first call has waited. */
    long maxWait(long now) {
        Waiter head = first;
        return head == null ? 0 : now - head.came;
    }

    /** Returns whether no call waits and nothing is reserved. */
    boolean isIdle() {
        return size == 0 && promises.isEmpty();
    }

    /** What the key owes at each rate, with what it waits for and has promised. */
    long[] owed(long now) {
        return tail(now, 0);
    }

    /**
     * Returns the debts that a new request finds, at each rate.
     *
     * @param dark the nanoseconds of blackout
     */
    private long[] tail(long now, long dark) {
        long[] debts = debts(now);
        Waiter head = first;
        long wait = Math.max(dark, head == null ? 0 : Forecast.wait(account, debts, head.permits));
        for (int i = 0; i < debts.length; i++) {
            Scale scale = account.scale(i);
            // While the first call waits for one rate, or for the end of a blackout, another saves up no more than its
            // capacity.
            debts[i] = Math.max(debts[i], scale.emitted(wait)) + scale.cost(permits) + scale.cost(promises.permits());
            if (!promises.isEmpty()) {
                debts[i] = Math.max(debts[i], promises.pin(i, scale, now));
            }
        }
        return debts;
    }

    private long dark(long now) {
        return rules.blackouts().nanosLeft(key, now);
    }

    private long[] debts(long now) {
        long[] debts = new long[account.rates()];
        for (int i = 0; i < debts.length; i++) {
            debts[i] = account.debt(i, key, now);
        }
        return debts;
    }

    /** Puts a waiter behind all others. */
    void append(Waiter waiter) {
        waiter.queue = this;
        waiter.previous = last;
        if (last == null) {
            first = waiter;
            isDueKnown = false;
        } else {
            last.next = waiter;
        }
        last = waiter;
        size++;
        permits += waiter.permits;
        PendingReservation before = promises.last();
        waiter.after = before;
        if (before != null) {
            before.behind += waiter.permits;
        }
    }

    /** Removes a waiter of this queue. Its place among the maximum number of waiting calls is free at once. */
    void remove(Waiter waiter) {
        Waiter before = waiter.previous;
        Waiter behind = waiter.next;
        if (before == null) {
            first = behind;
            isDueKnown = false;
        } else {
            before.next = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.previous = before;
        }
        waiter.queue = null;
        waiter.previous = null;
        waiter.next = null;
        size--;
        rules.room().leave();
        permits -= waiter.permits;
        PendingReservation counting = PendingReservation.counting(waiter.after);
        if (counting != null) {
            counting.behind -= waiter.permits;
        }
        waiter.after = null;
    }

    /** Lets all calls depart that may by now, in their order, and schedules the next check. */
    void release(long now, AfterUnlock todo) {
        Waiter head = first;
        while (head != null && goes(head, now, todo)) {
            head = first;
        }
        chargeDue(now, todo);
        if (head != null && (!head.isExpected || due - head.expected < 0)) {
            head.isExpected = true;
            head.expected = due;
            todo.expect(head);
        }
    }

    /** Tries to let the first call depart; returns false if it must wait until it is due. */
    private boolean goes(Waiter head, long now, AfterUnlock todo) {
        long at = isDueKnown && due - now < 0 ? Math.max(due - now, -rules.credit()) + now : now;
        chargeDue(at, todo);
        long dark = dark(at);
        if (dark > 0) {
            return isDueFrom(at + dark, now);
        }
        PendingReservation promised = promises.first();
        if (promised != null && !promises.leaveRoom(account, key, head.permits, at)) {
            return isDueFrom(promised.due, now);
        }
        TakeResult taken = account.take(key, head.permits, at);
        Decision answer = taken.decision();
        if (mayGoLater(head, answer, at)) {
            return isDueFrom(at + answer.retryAfterNanos(), now);
        }
        departed += answer.allowed() ? head.permits : 0;
        head.cancellation = answer.allowed() ? taken.cancellation() : null;
        remove(head);
        todo.answer(head, answer.allowed() ? answer.withDelay(Math.max(0, at - head.came)) : answer);
        // The next call cannot be before it.
        return isDueFrom(at, now);
    }

    /**
     * Returns whether a waiter may still depart later after a refusal. New keys may have taken the place of its key,
     * and with several rates a forecast may be too early. Then the waiter continues to wait, but not beyond its maximum
     * wait. A rate may be late by as much as the credit of a late thread.
     */
    private static boolean mayGoLater(Waiter waiter, Decision answer, long at) {
        long nanos = answer.retryAfterNanos();
        long slack = answer.reason() == Decision.Reason.SATURATED ? 0 : CREDIT_NANOS;
        return !answer.allowed() && nanos != Long.MAX_VALUE && at + nanos - waiter.latest <= slack;
    }

    /**
     * Takes permits for a new request, if the budgets have them after all waiting calls and reservations; otherwise
     * returns a refusal with the time until then.
     */
    Decision allow(PermitSource taking, long wanted, long now) {
        long dark = dark(now);
        long[] tail = tail(now, dark);
        if (dark > 0) {
            return Forecast.blackout(account, Math.max(dark, Forecast.wait(account, tail, wanted)));
        }
        if (size > 0 || Forecast.wait(account, tail, wanted) > 0) {
            return Forecast.refusal(Decision.Reason.OVER_LIMIT, account, tail, wanted, 0);
        }
        Decision answer = taking.at(now);
        departed += answer.allowed() ? wanted : 0;
        return answer;
    }

    /** Returns the decision on a {@code peek}. */
    Decision look(long wanted, long now) {
        long dark = dark(now);
        Decision certain = certain(wanted, now, dark);
        if (certain != null) {
            return certain;
        }
        long[] tail = tail(now, dark);
        return dark > 0
                ? Forecast.blackout(account, Math.max(dark, Forecast.wait(account, tail, wanted)))
                : Forecast.look(account, tail, wanted);
    }

    /**
     * Returns the decision on a request that does not depend on debts: there are no rates, or one has too small a
     * capacity. A caller that has found outdated budgets cannot know this. Taking yields the decision, because it takes
     * nothing.
     */
    private @Nullable Decision certain(long wanted, long now, long dark) {
        if (account.rates() > 0 && !exceedsCapacity(wanted)) {
            return null;
        }
        Decision answer = account.take(key, wanted, now).decision();
        return answer.allowed() && dark > 0 ? null : answer;
    }

    /** Adds a call to the queue, if its turn comes in time and there is room. */
    JoinResult join(Waiter waiter, MaxWait patience, PermitSource taking, long now) {
        long dark = dark(now);
        Decision certain = certain(waiter.permits, now, dark);
        if (certain != null) {
            return JoinResult.answered(certain);
        }
        long[] tail = tail(now, dark);
        long wait = Math.max(dark, Forecast.wait(account, tail, waiter.permits));
        if (size == 0 && wait == 0) {
            Decision answer = allow(taking, waiter.permits, now);
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
            return JoinResult.excess(refusal(Decision.Reason.OVER_LIMIT, tail, waiter, patience.nanos()));
        }
        if (wait > patience.callerNanos()) {
            return JoinResult.answered(refusal(Decision.Reason.OVER_LIMIT, tail, waiter, patience.callerNanos()));
        }
        if (size >= rules.room().mostPerKey()) {
            Decision refusal = crowded(tail, waiter, wait);
            return rules.room().isForSeveralKeys() ? JoinResult.excess(refusal) : JoinResult.answered(refusal);
        }
        if (!rules.room().enter()) {
            return JoinResult.answered(crowded(tail, waiter, wait));
        }
        waiter.expected = now + wait;
        waiter.isExpected = true;
        append(waiter);
        return JoinResult.waits(waiter);
    }

    /** The refusal of a call for which there is no room; after a change, there may be no rate to tell of. */
    private Decision crowded(long[] tail, Waiter waiter, long wait) {
        return account.rates() == 0
                ? Forecast.blackout(account, wait)
                : refusal(Decision.Reason.TOO_MANY_WAITING, tail, waiter, 0);
    }

    private Decision refusal(Decision.Reason reason, long[] tail, Waiter waiter, long patience) {
        return Forecast.refusal(reason, account, tail, waiter.permits, patience);
    }

    /**
     * Takes permits for a reservation now, or reserves them for the first instant at which the budgets have them after
     * all others.
     */
    ReserveResult reserve(long wanted, long longest, PermitSource taking, Consumer<Decision> onDeparture, long now) {
        long dark = dark(now);
        Decision certain = certain(wanted, now, dark);
        if (certain != null) {
            return new ReserveResult(certain, null);
        }
        long[] tail = tail(now, dark);
        long wait = Math.max(dark, Forecast.wait(account, tail, wanted)) + roundedUp();
        if (size == 0 && wait == 0) {
            Decision answer = allow(taking, wanted, now);
            if (answer.reason() != Decision.Reason.OVER_LIMIT) {
                return new ReserveResult(answer, null);
            }
            wait = answer.retryAfterNanos();
            tail = tail(now, dark);
        }
        PendingReservation before = promises.last();
        if (before != null && wait > 0) {
            // Permits given back since may be available sooner, but reservations depart in their order.
            wait = Math.max(wait, before.due - now);
        }
        if (dark > 0 && (wait > longest || account.rates() == 0)) {
            return new ReserveResult(Forecast.blackout(account, Math.max(dark, wait - longest)), null);
        }
        if (wait > longest || wait == 0) {
            return new ReserveResult(
                    Forecast.refusal(Decision.Reason.OVER_LIMIT, account, tail, wanted, longest), null);
        }
        Decision admission = Forecast.admission(account, tail, wanted, wait);
        PendingReservation promise = new PendingReservation(onDeparture, admission, wanted, now + wait, tail.length);
        promises.add(promise, account, tail, wait);
        return new ReserveResult(admission, promise);
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
        return isWhole ? 0 : size;
    }

    /**
     * Does the same for a caller that has found outdated budgets. Such a caller could not give back permits taken from
     * these budgets now. A reservation that departs at once can.
     */
    ReserveResult reserveAnew(long wanted, long longest, Consumer<Decision> onDeparture, long now, AfterUnlock todo) {
        CurrentBudgets taking = new CurrentBudgets(this, wanted);
        ReserveResult promised = reserve(wanted, longest, taking, onDeparture, now);
        Runnable cancellation = taking.cancellation();
        if (cancellation == null) {
            return promised;
        }
        PendingReservation taken =
                new PendingReservation(onDeparture, promised.decision(), wanted, now, account.rates());
        departs(taken, cancellation, todo);
        return new ReserveResult(promised.decision(), taken);
    }

    /** Cancels a reservation, unless it is void. */
    void cancel(PendingReservation promise, long now) {
        Runnable charge = promise.charge;
        if (promise.isPending()) {
            promises.cancel(promise, account);
        } else if (charge != null && promises.isEmpty()) {
            promise.cancelCharge();
        } else if (charge != null && promise.departedFrom == this && account.rates() == 1) {
            promise.charge = null;
            // Permits that were reserved or have departed since depend on it.
            long since = departed - promise.departedAt + promises.permits();
            long owed = account.debt(0, key, now) / account.scale(0).perPermit();
            long givenBack = Math.min(promise.permits, owed) - since;
            if (givenBack > 0) {
                account.refund(key, givenBack, now);
                promises.lower(account, givenBack);
            }
        }
    }

    /** Records when the first call is due; returns whether that instant has come. */
    private boolean isDueFrom(long instant, long now) {
        due = instant;
        isDueKnown = true;
        return instant - now <= 0;
    }

    /** Charges the reservations whose instants have come. */
    private void chargeDue(long now, AfterUnlock todo) {
        for (PendingReservation promise = promises.pollDue(now); promise != null; promise = promises.pollDue(now)) {
            if (promise.isPending()) {
                departed += promise.permits;
                departs(promise, account.charge(key, promise.permits, promise.due), todo);
            }
        }
    }

    private void departs(PendingReservation promise, Runnable charge, AfterUnlock todo) {
        promise.charge = charge;
        promise.state = PendingReservation.State.DEPARTED;
        promise.departedFrom = this;
        promise.departedAt = departed;
        todo.departed(promise);
    }

    /**
     * Moves all waiting calls to the budgets in force. These refuse at once the calls whose permits they will never
     * have, or not in time.
     */
    void bind(PolicyAccount other, long now, AfterUnlock todo) {
        if (isOf(other)) {
            return;
        }
        account = other;
        other.adopt(key, now);
        promises.rebase(other, debtsWithWaiting(now), now);
        for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
            waiter.after = null;
        }
        refuseThoseTooLate(now, todo);
        release(now, todo);
    }

    /**
     * A blackout has begun, or was prolonged, or the key owes more: those that cannot wait for so long are refused at
     * once.
     */
    void delayed(long now, AfterUnlock todo) {
        refuseThoseTooLate(now, todo);
        release(now, todo);
    }

    /** Refuses those whose turn will never come, or not in time. */
    private void refuseThoseTooLate(long now, AfterUnlock todo) {
        isDueKnown = false;
        long dark = dark(now);
        long[] debts = debts(now);
        long wait = dark;
        Iterator<PendingReservation> promised = promises.iterator();
        PendingReservation promise = nextPending(promised);
        Waiter waiter = first;
        while (waiter != null) {
            Waiter behind = waiter.next;
            long next = Math.max(wait, Forecast.wait(account, debts, waiter.permits));
            // A reservation whose instant is before the call's turn keeps that instant, and so departs first.
            while (promise != null && promise.due - now <= next) {
                charge(debts, promise.permits, promise.due - now);
                next = Math.max(wait, Forecast.wait(account, debts, waiter.permits));
                promise = nextPending(promised);
            }
            long patience = Math.max(0, waiter.latest - now);
            if (exceedsCapacity(waiter.permits)) {
                Decision never = account.take(key, waiter.permits, now).decision();
                remove(waiter);
                todo.answer(waiter, never);
            } else if (next > 0 && next > waiter.latest - now) {
                remove(waiter);
                todo.answer(
                        waiter,
                        dark > 0
                                ? Forecast.blackout(account, next - patience)
                                : Forecast.refusal(
                                        Decision.Reason.OVER_LIMIT, account, debts, waiter.permits, patience));
            } else {
                wait = next;
                charge(debts, waiter.permits, wait);
            }
            waiter = behind;
        }
    }

    private static @Nullable PendingReservation nextPending(Iterator<PendingReservation> promised) {
        while (promised.hasNext()) {
            PendingReservation next = promised.next();
            if (next.isPending()) {
                return next;
            }
        }
        return null;
    }

    /** Adds to debts the permits that depart after a wait. */
    private void charge(long[] debts, long wanted, long wait) {
        for (int i = 0; i < debts.length; i++) {
            Scale scale = account.scale(i);
            debts[i] = Math.max(debts[i], scale.emitted(wait)) + scale.cost(wanted);
        }
    }

    private boolean exceedsCapacity(long wanted) {
        boolean exceeds = false;
        for (int i = 0; i < account.rates(); i++) {
            exceeds |= wanted > account.scale(i).rate().capacity();
        }
        return exceeds;
    }

    private long[] debtsWithWaiting(long now) {
        long[] debts = debts(now);
        for (int i = 0; i < debts.length; i++) {
            debts[i] += account.scale(i).cost(permits);
        }
        return debts;
    }
}
