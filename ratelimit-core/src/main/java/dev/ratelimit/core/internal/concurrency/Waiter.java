package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * A place in the queue for a key's slots, until a slot is handed to it, its time is over, or it is given up.
 *
 * <p>Which of these it is, is <i>decided</i> once, under the lock of the stripe, and by taking the waiter out of the
 * queue: whoever finds it there decides. The one that it is for is {@link SlotCallback} afterwards, without the lock.
 *
 * <p>It brings the slot that it may be handed, so that handing over needs no memory.
 */
final class Waiter {

    final Occupancy occupancy;
    final Slot slot;

    /** When it came. */
    final long since;

    /** Who comes before and after it in the queue, or after it among those that are to be told. */
    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    private final Stripe stripe;
    private final SlotCallback told;
    private volatile @Nullable Admission outcome;

    Waiter(Stripe stripe, Occupancy occupancy, Slot slot, SlotCallback told, long since) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.slot = slot;
        this.told = told;
        this.since = since;
    }

    /** Decides, under the stripe's lock. */
    void decide(Admission admission) {
        outcome = admission;
    }

    boolean isDecided() {
        return outcome != null;
    }

    /** What was decided, if it is. */
    @Nullable
    Admission outcome() {
        return outcome;
    }

    /** The slot that was handed to it, if one was. */
    @Nullable
    Slot handed() {
        return outcome instanceof Slot handed ? handed : null;
    }

    void tell() {
        told.decided(this);
    }

    /** Ends the wait without a slot, unless it is decided. Tells of it in any case, should it not have been heard. */
    void timeOut() {
        stripe.withdraw(this, SlotRefusal.TOO_MANY_CONCURRENT);
        tell();
    }

    /** Leaves the queue; returns false if it is decided already. */
    boolean withdraw() {
        return stripe.withdraw(this, SlotRefusal.TOO_MANY_CONCURRENT);
    }

    /** Leaves whatever it has, because nobody will know of it. */
    void giveUp() {
        if (!withdraw()) {
            Slot handed = handed();
            if (handed != null) {
                handed.close();
            }
        }
    }
}
