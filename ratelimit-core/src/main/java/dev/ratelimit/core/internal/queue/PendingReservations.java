package dev.ratelimit.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The reservations of one key that are not yet due, in the order of their instants.
 *
 * <p>Each keeps its due instant. The <i>pin</i> is the debt at each rate after the last of them has departed, as
 * computed when that reservation was made. Later requests start from at least this debt. Guarded by the lock of the
 * key's stripe.
 */
final class PendingReservations {

    private final ArrayDeque<PendingReservation> promises = new ArrayDeque<>();

    /** The permits that have yet to depart. */
    private long permits;

    /** The permits reserved so far, including reservations that were cancelled while later ones existed. */
    private long taken;

    private long pinAt;
    private long[] pin = {};

    /** Whether permits were given back while there were reservations. */
    private boolean wasRefunded;

    boolean isEmpty() {
        return promises.isEmpty();
    }

    /** The permits that have yet to depart. */
    long permits() {
        return permits;
    }

    @Nullable
    PendingReservation first() {
        return promises.peekFirst();
    }

    @Nullable
    PendingReservation last() {
        return promises.peekLast();
    }

    /**
     * Returns all reservations in the order of their instants. Cancelled ones are among them, except after
     * {@link #rebase}.
     */
    Iterator<PendingReservation> iterator() {
        return promises.iterator();
    }

    /**
     * Returns the debt at a rate that a new request finds at an instant, after all reservations and the calls that wait
     * behind them.
     */
    long pin(int rate, Scale scale, long now) {
        PendingReservation last = promises.getLast();
        return pin[rate] + scale.emitted(pinAt - now) + scale.cost(last.behind);
    }

    /**
     * Adds a reservation behind all others.
     *
     * @param tail the debts that the reservation finds now
     * @param wait the nanoseconds from now until the reservation is due
     */
    void add(PendingReservation promise, PolicyAccount account, long[] tail, long wait) {
        PendingReservation latest = promises.peekLast();
        long[] after = new long[tail.length];
        for (int i = 0; i < tail.length; i++) {
            Scale scale = account.scale(i);
            long before = tail[i] - scale.emitted(wait);
            after[i] = Math.max(0, before) + scale.cost(promise.permits);
            promise.added[i] = after[i] - before + (latest == null ? 0 : scale.cost(latest.behind));
        }
        wasRefunded &= !promises.isEmpty();
        promises.addLast(promise);
        pin = after;
        pinAt = promise.due;
        permits += promise.permits;
        taken += promise.permits;
        promise.rank = taken;
    }

    /** Removes and returns the first reservation if it is due. It has departed unless it was cancelled. */
    @Nullable
    PendingReservation pollDue(long now) {
        PendingReservation first = promises.peekFirst();
        if (first == null || first.due - now > 0) {
            return null;
        }
        promises.removeFirst();
        if (first.isPending()) {
            permits -= first.permits;
        }
        return first;
    }

    /**
     * Cancels a reservation of this key. If it is the latest, it is removed without a trace, and so are cancelled ones
     * directly before it. If it is another one under a single rate, its permits less those reserved since are given
     * back to new requests. Waiting calls may still use the rest.
     */
    void cancel(PendingReservation promise, PolicyAccount account) {
        promise.state = PendingReservation.State.CANCELLED;
        permits -= promise.permits;
        if (promise != promises.peekLast()) {
            if (account.rates() == 1) {
                long unclaimed = Math.max(0, promise.permits - (taken - promise.rank));
                promise.added[0] -= lower(account, 0, account.scale(0).cost(unclaimed));
            }
            return;
        }
        // No alarm rings for a cancelled reservation, so the last one must never be cancelled.
        for (PendingReservation last = promise; last != null && !last.isPending(); last = promises.peekLast()) {
            removeLast(last, account);
        }
    }

    private void removeLast(PendingReservation last, PolicyAccount account) {
        promises.removeLast();
        taken -= last.permits;
        for (int i = 0; i < pin.length; i++) {
            if (wasRefunded) {
                lower(account, i, last.added[i]);
            } else {
                // The previous pin, with which all others can depart, so that they need not be checked one by one.
                pin[i] -= last.added[i];
            }
        }
        PendingReservation before = promises.peekLast();
        if (before != null) {
            before.behind += last.behind;
            last.replacement = before;
        }
    }

    /** Lowers the pin by permits that were given back. */
    void refund(PolicyAccount account, long refunded) {
        if (!promises.isEmpty()) {
            wasRefunded = true;
            for (int i = 0; i < pin.length; i++) {
                lower(account, i, account.scale(i).cost(refunded));
            }
        }
    }

    /** Lowers the pin of a single rate by permits that a departed reservation gave back. */
    void lower(PolicyAccount account, long givenBack) {
        lower(account, 0, account.scale(0).cost(givenBack));
    }

    /**
     * Lowers a pin, as far as all reservations can still depart at their instants.
     *
     * @return the number of units by which it was lowered
     */
    private long lower(PolicyAccount account, int rate, long units) {
        long before = pin[rate];
        pin[rate] = Math.min(before, Math.max(least(account.scale(rate)), before - units));
        return before - pin[rate];
    }

    /**
     * Returns the least possible debt after the last reservation has departed, also if all calls that wait before it
     * depart first.
     */
    private long least(Scale scale) {
        long least = Long.MIN_VALUE;
        long departing = 0;
        for (Iterator<PendingReservation> latestFirst = promises.descendingIterator(); latestFirst.hasNext(); ) {
            PendingReservation promise = latestFirst.next();
            // Calls that wait behind the last reservation are behind the pin.
            departing += promise == promises.peekLast() ? 0 : scale.cost(promise.behind);
            if (promise.isPending()) {
                departing += scale.cost(promise.permits);
                least = Math.max(least, scale.emitted(promise.due - pinAt) + departing);
            }
        }
        return least;
    }

    /**
     * Returns whether all reservations can still depart at their instants at every rate, if {@code going} permits
     * depart at an earlier instant.
     */
    boolean leaveRoom(PolicyAccount account, long key, long going, long at) {
        for (int i = 0; i < account.rates(); i++) {
            Scale scale = account.scale(i);
            long debt = account.debt(i, key, at) + scale.cost(going);
            long departing = 0;
            for (PendingReservation promise : promises) {
                departing += promise.isPending() ? scale.cost(promise.permits) : 0;
                if (debt + departing > scale.full() + scale.emitted(promise.due - at)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Computes the pin anew, for other budgets. All waiting calls are then before the reservations. */
    void rebase(PolicyAccount account, long[] debts, long now) {
        promises.removeIf(promise -> !promise.isPending());
        PendingReservation last = promises.peekLast();
        if (last == null) {
            return;
        }
        long[] after = debts.clone();
        taken = 0;
        for (PendingReservation promise : promises) {
            taken += promise.permits;
            promise.rank = taken;
            promise.behind = 0;
            promise.added = new long[after.length];
            for (int i = 0; i < after.length; i++) {
                Scale scale = account.scale(i);
                long before = after[i];
                after[i] = Math.max(before, scale.emitted(promise.due - now)) + scale.cost(promise.permits);
                promise.added[i] = after[i] - before;
            }
        }
        for (int i = 0; i < after.length; i++) {
            after[i] -= account.scale(i).emitted(last.due - now);
        }
        pin = after;
        pinAt = last.due;
    }

    /**
     * Forgets all reservations, because the key was reset. Their callers may still use them at their instants without a
     * charge. So their notifications are sent now.
     */
    void clear(AfterUnlock todo) {
        for (PendingReservation promise : promises) {
            if (promise.isPending()) {
                promise.state = PendingReservation.State.FORGOTTEN;
                todo.departed(promise);
            }
        }
        promises.clear();
        permits = 0;
    }
}
