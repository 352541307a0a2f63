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
 */
public final class Slot {

    /** Where a slot stands in the order of deadlines that is not in it. */
    static final int NOWHERE = -1;

    private final Stripe stripe;
    final Occupancy occupancy;

    /** When it was opened, if it has a deadline. */
    final long since;

    /** When it is taken back, if it stands in the order of deadlines. */
    final long deadline;

    /** Where it stands in that order. */
    int place = NOWHERE;

    boolean open = true;

    Slot(Stripe stripe, Occupancy occupancy, long since, long deadline) {
        this.stripe = stripe;
        this.occupancy = occupancy;
        this.since = since;
        this.deadline = deadline;
    }

    /** Gives the slot back, to the first who waits; does nothing if it was given or taken back. Never throws. */
    public void close() {
        stripe.close(this);
    }

    /**
     * Takes the permits that go with the slot, and makes a lease of both; if they are refused, or asking fails, the
     * slot is given back at once. So a refused rate keeps no slot, and whoever got no slot has not been here to spend
     * permits.
     */
    public Lease lease(Supplier<Decision> permits) {
        @Nullable Decision decision = null;
        try {
            decision = permits.get();
            return decision.allowed() ? Lease.granted(decision, this::close) : Lease.refused(decision);
        } finally {
            if (decision == null || !decision.allowed()) {
                close();
            }
        }
    }
}
