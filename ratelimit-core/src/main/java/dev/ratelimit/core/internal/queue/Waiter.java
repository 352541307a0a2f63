package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/** A call's place in the queue of its key. All but the final fields is guarded by the lock of the key's stripe. */
final class Waiter {

    final Stripe stripe;
    final long key;
    final Caller caller;
    final long permits;

    /** When it came, and until when it may be kept waiting, as readings of the clock. */
    final long came;

    final long latest;

    /** The queue that it stands in, until it leaves. */
    @Nullable
    WaitQueue queue;

    @Nullable
    Waiter previous;

    /** The next in the queue; once this one has left, the next that is to be answered. */
    @Nullable
    Waiter next;

    /** The latest reservation that was made before it came. */
    @Nullable
    PendingReservation after;

    /** When it is expected to depart, if {@link #isExpected}; its caller rings then. */
    long expected;

    boolean isExpected;

    /** Gives back what it left with. */
    @Nullable
    Runnable cancellation;

    /** With what it left. */
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
}
