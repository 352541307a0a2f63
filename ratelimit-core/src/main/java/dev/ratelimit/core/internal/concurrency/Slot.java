package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the places that a key has at once, in use until it is closed or taken back.
 *
 * <p>It belongs to its stripe, under whose lock it is opened and closed; so it is closed exactly once, by whoever
 * comes first.
 *
 * <p>It is in use from the moment it is given to somebody; its lease timeout begins when that is a caller who can use it
 * ({@link #begin}). In between, its holder waits for the permits that go with it, and nobody takes it back.
 */
public final class Slot implements Admission {

    /** Where a slot stands in the order of deadlines that is not in it. */
    static final int NOWHERE = -1;

    private final Stripe stripe;
    final Occupancy occupancy;
    final long leaseTimeoutNanos;

    /** When it is taken back, if it stands in the order of deadlines. */
    long deadline;

    /** Where it stands in that order. */
    int place = NOWHERE;

    boolean open;

    /** Whether the lease timeout has begun, or there is none. */
    boolean begun;

    /** The next of those that were taken back together. */
    @Nullable
    Slot next;

    /** Makes one that is not in use yet. */
    Slot(Stripe stripe, Occupancy occupancy, long leaseTimeoutNanos) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.leaseTimeoutNanos = leaseTimeoutNanos;
        this.begun = leaseTimeoutNanos == ConcurrencyBounds.FOREVER;
    }

    /**
     * Begins the lease timeout now, because the slot is handed to its caller; does nothing if it has begun, if there is
     * none, or if the slot is closed.
     */
    public void begin() {
        if (!begun) {
            stripe.begin(this);
        }
    }

    /**
     * Gives the slot back, to the first who waits; does nothing if it was given or taken back. Throws nothing but a
     * {@link StackOverflowError}, where there is less stack left than when the slot was taken; then nothing has changed,
     * and it may be closed again.
     */
    public void close() {
        stripe.close(this);
    }

    /**
     * Takes the permits that go with the slot, makes a lease of both, and {@linkplain #begin begins} the hold; if the
     * permits are refused, or asking fails, the slot is given back at once. So a refused rate keeps no slot, and whoever
     * got no slot has not been here to spend permits.
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
