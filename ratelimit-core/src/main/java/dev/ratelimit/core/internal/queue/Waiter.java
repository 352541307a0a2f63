package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/** A call's place in the queue of its key. The lock of the key's stripe guards all fields that are not final. */
final class Waiter {

    final Stripe stripe;
    final long key;
    final Caller caller;
    final long permits;

    /** The instant at which it came, and the instant until which it may wait, as readings of the clock. */
    final long came;

    final long latest;

    /** The queue in which it waits, until it leaves. */
    @Nullable
    WaitQueue queue;

    @Nullable
    Waiter previous;

    /** The next waiter in the queue; once this one has left, the next waiter to answer. */
    @Nullable
    Waiter next;

    /** The last reservation that was made before it came. */
    @Nullable
    PendingReservation after;

    /** The instant at which it is expected to depart, if {@link #isExpected}; its caller's alarm rings then. */
    long expected;

    boolean isExpected;

    /** Gives back the permits with which it left. */
    @Nullable
    Runnable cancellation;

    /** The decision with which it left. */
    @Nullable
    Decision answer;

    Waiter(Stripe stripe, long key, Caller caller, long permits, long came, long latest) {
        this.stripe = stripe;
        this.key = key;
        this.caller = caller;
        this.permits = permits;
        this.came = came;
        this.latest = latest;
    }

    /** Called when the instant has come at which it is expected to depart. */
    void ring() {
        long now = stripe.now();
        stripe.locked(caller, todo -> {
            WaitQueue waitsIn = queue;
            if (waitsIn != null) {
                isExpected = false;
                stripe.visitBound(waitsIn, waitsIn.account, now, todo, Stripe.RELEASE);
            }
            return true;
        });
    }

    /** Leaves its queue; returns false if it has already left. */
    boolean leave() {
        long now = stripe.now();
        return stripe.locked(null, todo -> {
            WaitQueue left = queue;
            if (left == null) {
                return false;
            }
            left.remove(this);
            left.release(now, todo);
            stripe.removeIfIdle(left);
            return true;
        });
    }

    /** Gives back the unused permits with which it left the queue. To be called once. */
    void giveBack() {
        Runnable taken = cancellation;
        if (taken != null) {
            taken.run();
            stripe.release(key);
        }
    }
}
