package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the places that a key has at once, in use until it is closed or taken back.
 *
 * <p>It belongs to its stripe, and is opened and closed under the stripe's lock. So it is closed exactly once, by the
 * first thread that closes it.
 *
 * <p>It is in use from the moment it is granted. Its lease timeout begins when its caller can use it ({@link #begin}).
 * In between, its holder waits for the permits that go with it, and the slot is not taken back.
 */
public final class Slot implements Admission {

    /** The position of a slot that is not in the heap of deadlines. */
    static final int NOWHERE = -1;

    private final Stripe stripe;
    final Occupancy occupancy;
    final long leaseTimeoutNanos;

    /** The instant at which it is taken back, if it is in the heap of deadlines. */
    long deadline;

    /** Its position in the heap of deadlines. */
    int place = NOWHERE;

    boolean open;

    /** Whether the lease timeout has begun, or the slot has none. */
    boolean begun;

    /** The next of the slots that were taken back together. */
    @Nullable
    Slot next;

    /** Creates a slot that is not in use yet. */
    Slot(Stripe stripe, Occupancy occupancy, long leaseTimeoutNanos) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.leaseTimeoutNanos = leaseTimeoutNanos;
        this.begun = leaseTimeoutNanos == ConcurrencyBounds.FOREVER;
    }

    /**
     * Begins the lease timeout now, because the caller gets the slot. Does nothing if it has begun, if there is none,
     * or if the slot is closed.
     */
    public void begin() {
        if (!begun) {
            stripe.begin(this);
        }
    }

    /**
     * Gives the slot back, and so to the first waiter. Does nothing if it was already given or taken back. Throws only
     * a {@link StackOverflowError}, if less stack is left than when the slot was taken. Then nothing has changed, and
     * the caller may close it again.
     */
    public void close() {
        stripe.close(this);
    }

    /**
     * Takes the permits that go with the slot, creates a lease of both, and {@linkplain #begin begins} the lease
     * timeout. If the permits are refused, or taking them fails, the slot is given back at once. So a refusal by a rate
     * keeps no slot, and a call without a slot spends no permits.
     */
    public Lease lease(Supplier<Decision> permits) {
        boolean isLeased = false;
        try {
            Decision decision = permits.get();
            if (!decision.allowed()) {
                return Lease.refused(decision);
            }
            Lease lease = Lease.allowed(decision, this::close);
            begin();
            isLeased = true;
            return lease;
        } finally {
            if (!isLeased) {
                close();
            }
        }
    }
}
