package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
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
 * <p><b>New requests</b> ({@link NewRequest}) find the debts of the <i>tail</i>: permits that have departed, that are
 * reserved, and that calls wait for.
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

    final QueueRules rules;
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

    /** Returns the call that has waited longest. */
    @Nullable
    Waiter first() {
        return first;
    }

    /** Returns the permits that calls wait for. */
    long permits() {
        return permits;
    }

    /** Returns the number of waiting calls. */
    int size() {
        return size;
    }

    /** Returns whether no call waits and nothing is reserved. */
    boolean isIdle() {
        return size == 0 && promises.isEmpty();
    }

    /** Returns the nanoseconds until the key's blackout ends; zero if it is in none. */
    long dark(long now) {
        return rules.blackouts().nanosLeft(key, now);
    }

    /** Returns the debts of the budgets, at each rate: permits that have departed. */
    long[] debts(long now) {
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
        PolicyAccount.TakeResult taken = account.take(key, head.permits, at);
        Decision answer = taken.decision();
        if (mayGoLater(head, answer, at)) {
            return isDueFrom(at + answer.retryAfterNanos(), now);
        }
        depart(answer, head.permits);
        head.cancellation = answer.allowed() ? taken.cancellation() : null;
        remove(head);
        todo.answer(head, answer.allowed() ? answer.withDelay(Math.max(0, at - head.came)) : answer);
        // The next call cannot be before it.
        return isDueFrom(at, now);
    }

    /** Counts the permits of a decision, if it allows. */
    void depart(Decision answer, long taken) {
        departed += answer.allowed() ? taken : 0;
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

    /** Records that a reservation departs, and what cancels its charge. */
    void departs(PendingReservation promise, Runnable charge, AfterUnlock todo) {
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
        isDueKnown = false;
        new Turns(this, now).refuseTooLate(todo);
        release(now, todo);
    }

    /**
     * A blackout has begun, or was prolonged, or the key owes more: those that cannot wait for so long are refused at
     * once.
     */
    void delayed(long now, AfterUnlock todo) {
        isDueKnown = false;
        new Turns(this, now).refuseTooLate(todo);
        release(now, todo);
    }

    private long[] debtsWithWaiting(long now) {
        long[] debts = debts(now);
        for (int i = 0; i < debts.length; i++) {
            debts[i] += account.scale(i).cost(permits);
        }
        return debts;
    }
}
