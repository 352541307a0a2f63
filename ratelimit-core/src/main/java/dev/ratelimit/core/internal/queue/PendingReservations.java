package dev.ratelimit.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The reservations of one key that are not yet due, in the order of their instants.
 *
 * <p>Each keeps the instant that it was promised. The <i>pin</i> is the debt that stands at each rate when the last of them has
 * departed, as it was reckoned when that was promised; nothing that comes later is promised less. Guarded by the lock of the
 * key's stripe.
 */
final class PendingReservations {

    private final ArrayDeque<PendingReservation> promises = new ArrayDeque<>();

    /** The permits that are to depart. */
    private long permits;

    /** The permits promised so far, also to those that were cancelled while others came after them. */
    private long taken;

    private long pinAt;
    private long[] pin = {};

    /** Whether permits were given back while something was promised. */
    private boolean wasRefunded;

    boolean isEmpty() {
        return promises.isEmpty();
    }

    /** The permits that are to depart. */
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

    /** All, in the order of their instants. Cancelled ones are among them, except after {@link #rebase}. */
    Iterator<PendingReservation> iterator() {
        return promises.iterator();
    }

    /** The debt at a rate that a newcomer finds at an instant, after all that is promised and what waits behind it. */
    long pin(int rate, Scale scale, long now) {
        PendingReservation last = promises.getLast();
        return pin[rate] + scale.emitted(pinAt - now) + scale.cost(last.behind);
    }

    /**
     * Adds a promise behind all others.
     *
     * @param tail the debts that it finds now
     * @param wait the nanoseconds from now until it is due
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

    /** Takes out the first promise if it is due; it has departed unless it was cancelled. */
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
     * Cancels a promise that is in here. The latest is gone as if it had never been, and so are those before it that were
     * cancelled earlier. Of any other one, under a single rate, the permits beyond those promised since are given back to
     * newcomers; what is not may still be used by those that wait.
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
        // No alarm rings for one that is cancelled. So the last of all is always one that is not.
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
                // The pin of before, at which all others can depart: that needs no look at each.
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

    /** Lowers the pin of a single rate by permits that a reservation gave back that had departed. */
    void lower(PolicyAccount account, long givenBack) {
        lower(account, 0, account.scale(0).cost(givenBack));
    }

    /**
     * Lowers a pin, as far as those promised can still depart when they were promised.
     *
     * @return by how many units
     */
    private long lower(PolicyAccount account, int rate, long units) {
        long before = pin[rate];
        pin[rate] = Math.min(before, Math.max(least(account.scale(rate)), before - units));
        return before - pin[rate];
    }

    /** The least debt that can be there when the last promise has departed, also if all depart first that wait before it. */
    private long least(Scale scale) {
        long least = Long.MIN_VALUE;
        long departing = 0;
        for (Iterator<PendingReservation> latestFirst = promises.descendingIterator(); latestFirst.hasNext(); ) {
            PendingReservation promise = latestFirst.next();
            // What waits behind the last of all is behind the pin.
            departing += promise == promises.peekLast() ? 0 : scale.cost(promise.behind);
            if (promise.isPending()) {
                departing += scale.cost(promise.permits);
                least = Math.max(least, scale.emitted(promise.due - pinAt) + departing);
            }
        }
        return least;
    }

    /** Whether all can depart as promised at every rate if so many permits go at an instant before. */
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

    /** Reckons the pin anew, for other budgets; all that waits is before what is promised. */
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
     * Forgets all, because the key was reset. Their callers still use them at their instants, and nothing is charged for that. So
     * what is to be told then is told now.
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
