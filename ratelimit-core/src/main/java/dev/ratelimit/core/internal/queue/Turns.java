package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The forecast of when the waiting calls of a queue have their turns, one call after the other. It refuses the calls
 * whose turn will never come, or not in time.
 *
 * <p>A call departs as soon as the budgets have its permits, but not before the call ahead of it. A reservation keeps
 * its instant, and so departs before a call whose turn is later.
 */
final class Turns {

    private final WaitQueue queue;
    private final PolicyAccount account;
    private final long now;
    private final long dark;
    private final long[] debts;
    private final Iterator<PendingReservation> promised;

    /** The next reservation to depart. */
    private @Nullable PendingReservation promise;

    /** Begins before the first call, with the debts of now. */
    Turns(WaitQueue queue, long now) {
        this.queue = queue;
        this.account = queue.account;
        this.now = now;
        this.dark = queue.dark(now);
        this.debts = queue.debts(now);
        this.promised = queue.promises.iterator();
        this.promise = nextPending();
    }

    /** Refuses the calls whose turn will never come, or not in time. To be called once. */
    void refuseTooLate(AfterUnlock todo) {
        long wait = dark;
        Waiter waiter = queue.first();
        while (waiter != null) {
            Waiter behind = waiter.next;
            long turn = turn(wait, waiter.permits);
            Decision refusal = refusal(waiter, turn);
            if (refusal == null) {
                wait = turn;
                charge(waiter.permits, wait);
            } else {
                queue.remove(waiter);
                todo.answer(waiter, refusal);
            }
            waiter = behind;
        }
    }

    /** Returns the nanoseconds until the turn of the next call, which is not before the last one. */
    private long turn(long wait, long permits) {
        long turn = Math.max(wait, Forecast.wait(account, debts, permits));
        while (promise != null && promise.due - now <= turn) {
            charge(promise.permits, promise.due - now);
            turn = Math.max(wait, Forecast.wait(account, debts, permits));
            promise = nextPending();
        }
        return turn;
    }

    private @Nullable Decision refusal(Waiter waiter, long turn) {
        if (Forecast.exceedsCapacity(account, waiter.permits)) {
            return account.take(queue.key, waiter.permits, now).decision();
        }
        if (turn <= 0 || turn <= waiter.latest - now) {
            return null;
        }
        long patience = Math.max(0, waiter.latest - now);
        return dark > 0
                ? Forecast.blackout(account, turn - patience)
                : Forecast.refusal(Decision.Reason.OVER_LIMIT, account, debts, waiter.permits, patience);
    }

    private @Nullable PendingReservation nextPending() {
        while (promised.hasNext()) {
            PendingReservation next = promised.next();
            if (next.isPending()) {
                return next;
            }
        }
        return null;
    }

    /** Adds to the debts the permits that depart after a wait. */
    private void charge(long permits, long wait) {
        for (int i = 0; i < debts.length; i++) {
            Scale scale = account.scale(i);
            debts[i] = Math.max(debts[i], scale.emitted(wait)) + scale.cost(permits);
        }
    }
}
