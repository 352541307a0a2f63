package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * The slots of one key that are in use, and who waits for one, in the order of their coming.
 *
 * <p>There is one for each key that has a slot in use, and for no other. All is guarded by the lock of its stripe.
 */
final class Occupancy {

    final long fingerprint;

    /** The next of the same bucket of {@link Occupancies}. */
    @Nullable
    Occupancy next;

    int inUse;

    /** The most slots at once that the last caller brought. */
    int limit;

    private int waiting;
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    Occupancy(long fingerprint, int limit) {
        this.fingerprint = fingerprint;
        this.limit = limit;
    }

    /** How many wait. */
    int waiting() {
        return waiting;
    }

    /** Who waits longest. */
    @Nullable
    Waiter first() {
        return first;
    }

    /** Whether there is a slot for the first who waits, or for a newcomer if nobody does. */
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

    /** Takes a waiter out that waits here. */
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
