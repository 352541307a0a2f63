package dev.ratelimit.core.internal.concurrency;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits for a slot, until one is handed to it, its time is over, or it is interrupted.
 *
 * <p>Which of these it is, is <i>decided</i> once, under the lock of the stripe, and by taking the waiter out of the
 * queue: whoever finds it there decides. The thread itself parks without a lock.
 */
final class Waiter {

    final Occupancy occupancy;
    final Bounds bounds;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    private final Stripe stripe;
    private final Thread thread = Thread.currentThread();

    /** Written before {@link #decided}. */
    private @Nullable Slot slot;

    private volatile boolean decided;

    Waiter(Stripe stripe, Occupancy occupancy, Bounds bounds) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.bounds = bounds;
    }

    /** Decides, under the stripe's lock: with a slot, or without. */
    void decide(@Nullable Slot handed) {
        slot = handed;
        decided = true;
    }

    boolean isDecided() {
        return decided;
    }

    /** The slot that was handed to it, if one was. */
    @Nullable
    Slot slot() {
        return slot;
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Ends the wait without a slot, unless it is decided. */
    void timeOut() {
        if (stripe.withdraw(this)) {
            wake();
        }
    }

    /**
     * Waits until it is decided; returns the slot, or null if the deadline came first. A thread that is interrupted
     * when it has been handed a slot keeps it, and stays interrupted.
     */
    @Nullable
    Slot await(Wakeups wakeups, long deadline) throws InterruptedException {
        boolean orderly = false;
        try {
            Wakeups.Cancellable timeout = wakeups.at(deadline, this::timeOut);
            try {
                parkUntilDecided();
            } finally {
                timeout.cancel();
            }
            orderly = true;
        } finally {
            if (!orderly) {
                leave();
            }
        }
        return slot;
    }

    private void parkUntilDecided() throws InterruptedException {
        while (!decided) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                if (stripe.withdraw(this)) {
                    throw new InterruptedException();
                }
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Leaves whatever it has, because nobody will know of it. */
    private void leave() {
        if (!stripe.withdraw(this) && slot != null) {
            slot.close();
        }
    }
}
