package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A reservation that is not yet due. It departs at its instant, whatever happens meanwhile. Guarded by the lock of its
 * stripe.
 */
public final class PendingReservation {

    /** The state of a reservation. */
    enum State {
        /** Not yet due. */
        PENDING,
        /** Cancelled before it was due. */
        CANCELLED,
        /** Charged, and used unless it is cancelled now. */
        DEPARTED,
        /** Never charged, because its key was reset before it was due. */
        FORGOTTEN
    }

    final Consumer<Decision> onDeparture;
    final Decision decision;
    final long permits;
    final long due;

    State state = State.PENDING;

    /** Cancels the charge, once the reservation has departed. */
    @Nullable
    Runnable charge;

    /** The queue from which it departed, and the permits that had departed from that queue by then. */
    @Nullable
    WaitQueue departedFrom;

    long departedAt;

    /**
     * The debt at each rate that it added to that of the previous reservation, including calls that wait between the
     * two.
     */
    long[] added;

    /** The permits reserved for its key up to and including this one. */
    long rank;

    /** The permits of waiting calls that came after it and before the next reservation. */
    long behind;

    /** The reservation that counts the calls behind this one, once this one is cancelled without a trace. */
    @Nullable
    PendingReservation replacement;

    /** The next reservation to report. */
    @Nullable
    PendingReservation next;

    PendingReservation(Consumer<Decision> onDeparture, Decision decision, long permits, long due, int rates) {
        this.onDeparture = onDeparture;
        this.decision = decision;
        this.permits = permits;
        this.due = due;
        this.added = new long[rates];
    }

    /** Returns the instant at which it is due, as a reading of the clock. */
    public long due() {
        return due;
    }

    /** Cancels the charge once, if it has departed. Called only if its key has no queue. */
    void cancelCharge() {
        Runnable charged = charge;
        charge = null;
        if (charged != null) {
            charged.run();
        }
    }

    boolean isPending() {
        return state == State.PENDING;
    }

    /** Returns the reservation that counts the calls behind this one. */
    static @Nullable PendingReservation counting(@Nullable PendingReservation promise) {
        PendingReservation counting = promise;
        while (counting != null && counting.replacement != null) {
            counting = counting.replacement;
        }
        return counting;
    }

    /**
     * The result of a request for a reservation.
     *
     * @param decision the decision
     * @param promise the pending reservation; null if the permits were taken now, or refused
     */
    public record ReserveResult(Decision decision, @Nullable PendingReservation promise) {}
}
