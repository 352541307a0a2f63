package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A reservation that is not yet due: it departs at its instant, whatever comes. Guarded by the lock of its stripe. */
public final class PendingReservation {

    /** What has become of a promise. */
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

    /** Cancels what was charged, once it has departed. */
    @Nullable
    Runnable charge;

    /** The queue that it departed from, and what had departed from that by then. */
    @Nullable
    WaitQueue departedFrom;

    long departedAt;

    /** The debt that it added at each rate to that of the promise before, with what waits between the two. */
    long[] added;

    /** The permits promised to its key up to and with this one. */
    long rank;

    /** The permits that calls wait for which came after it and before the next reservation. */
    long behind;

    /** The one that counts what waits behind this one, once this one is gone as if it had never been. */
    @Nullable
    PendingReservation replacement;

    /** The next that is to be told of. */
    @Nullable
    PendingReservation next;

    PendingReservation(Consumer<Decision> onDeparture, Decision decision, long permits, long due, int rates) {
        this.onDeparture = onDeparture;
        this.decision = decision;
        this.permits = permits;
        this.due = due;
        this.added = new long[rates];
    }

    /** When it is due, as a reading of the clock. */
    public long due() {
        return due;
    }

    /** Cancels what was charged when it departed, if it has, and once. Only where its key has no queue. */
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

    /** The promise that counts what waits behind this one. */
    static @Nullable PendingReservation counting(@Nullable PendingReservation promise) {
        PendingReservation counting = promise;
        while (counting != null && counting.replacement != null) {
            counting = counting.replacement;
        }
        return counting;
    }
}
