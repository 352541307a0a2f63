package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * The slots of one key in use, and the calls that wait for one, in the order in which they came.
 *
 * <p>There is one for exactly the keys with a slot in use. Guarded by the lock of its stripe.
 */
final class Occupancy {

    final long fingerprint;

    /** The next occupancy in the same bucket of {@link Occupancies}. */
    @Nullable
    Occupancy next;

    int inUse;

    /** The maximum number of slots at once, from the last call. */
    int limit;

    private int waiting;
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    Occupancy(long fingerprint, int limit) {
        this.fingerprint = fingerprint;
        this.limit = limit;
    }

    /** Returns the number of waiting calls. */
    int waiting() {
        return waiting;
    }

    /** Returns the waiter that has waited longest. */
    @Nullable
    Waiter first() {
        return first;
    }

    /** Returns whether there is a slot for the first waiter, or for a new call if there is no waiter. */
    boolean hasRoom() {
        return inUse < limit;
    }

    /** Puts a waiter behind all others. */
    void append(Waiter waiter) {
        waiter.previous = last;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
        waiting++;
    }

    /** Removes a waiter of this queue. */
    void remove(Waiter waiter) {
        if (waiter.previous == null) {
            first = waiter.next;
        } else {
            waiter.previous.next = waiter.next;
        }
        if (waiter.next == null) {
            last = waiter.previous;
        } else {
            waiter.next.previous = waiter.previous;
        }
        waiter.previous = null;
        waiter.next = null;
        waiting--;
    }
}
