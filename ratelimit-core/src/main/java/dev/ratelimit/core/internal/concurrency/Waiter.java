package dev.ratelimit.core.internal.concurrency;

import org.jspecify.annotations.Nullable;

/**
 * A call's place in the queue for a key's slots, until it gets a slot, its time is over, or its caller gives up.
 *
 * <p>The outcome is <i>decided</i> once, under the lock of the stripe, by the thread that removes the waiter from the
 * queue. The {@link Callback} receives it afterwards, without the lock.
 *
 * <p>It contains the slot that it may get, so that handing over needs no memory.
 */
final class Waiter {

    final Occupancy occupancy;
    final Slot slot;

    /** The instant at which it came. */
    final long since;

    /** The neighbours in the queue; {@code next} also links waiters whose callbacks are to be called. */
    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    private final Stripe stripe;
    private final Callback told;
    private volatile @Nullable Admission outcome;

    Waiter(Stripe stripe, Occupancy occupancy, Slot slot, Callback told, long since) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.slot = slot;
        this.told = told;
        this.since = since;
    }

    /** Decides the outcome, under the stripe's lock. */
    void decide(Admission admission) {
        outcome = admission;
    }

    boolean isDecided() {
        return outcome != null;
    }

    /** Returns the outcome, if it is decided. */
    @Nullable
    Admission outcome() {
        return outcome;
    }

    /** Returns the slot that was handed to it, if any. */
    @Nullable
    Slot handed() {
        return outcome instanceof Slot handed ? handed : null;
    }

    void tell() {
        told.decided(this);
    }

    /**
     * Ends the wait without a slot, unless it is decided. Calls the callback in any case, because an earlier call may
     * have been lost.
     */
    void timeOut() {
        stripe.withdraw(this, Admission.Refusal.TOO_MANY_CONCURRENT);
        tell();
    }

    /** Leaves the queue; returns false if the outcome was decided before. */
    boolean withdraw() {
        return stripe.withdraw(this, Admission.Refusal.TOO_MANY_CONCURRENT);
    }

    /** Gives up its place or its slot, because no caller will use it. */
    void giveUp() {
        if (!withdraw()) {
            Slot handed = handed();
            if (handed != null) {
                handed.close();
            }
        }
    }

    /** The waiting call, which receives the outcome: a parked thread, or an asynchronous call. */
    sealed interface Callback permits WaitingThread, WaitingCall {

        /** Called when the wait is decided, without a lock, possibly more than once, by the thread that decided. */
        void decided(Waiter waiter);
    }
}
