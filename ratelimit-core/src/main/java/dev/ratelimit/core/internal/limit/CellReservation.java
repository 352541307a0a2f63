package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Reservation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A reservation of permits of a key. Once it is cancelled, it keeps only its decision. */
final class CellReservation implements Reservation {

    private static final VarHandle CANCELLATION;

    static {
        try {
            CANCELLATION = MethodHandles.lookup().findVarHandle(CellReservation.class, "cancellation", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Decision decision;
    private final long dueNanos;

    @SuppressWarnings("unused") // accessed by the VarHandle
    private volatile @Nullable Runnable cancellation;

    /**
     * Creates a reservation.
     *
     * @param cancellation cancels it, if it was granted; otherwise null
     */
    CellReservation(Decision decision, long dueNanos, @Nullable Runnable cancellation) {
        this.decision = decision;
        this.dueNanos = dueNanos;
        this.cancellation = cancellation;
    }

    @Override
    public boolean allowed() {
        return decision.allowed();
    }

    @Override
    public Decision decision() {
        return decision;
    }

    @Override
    public long dueNanos() {
        return dueNanos;
    }

    @Override
    public boolean cancel() {
        Runnable mine = (Runnable) CANCELLATION.getAndSet(this, (Runnable) null);
        if (mine != null) {
            mine.run();
        }
        return mine != null;
    }

    @Override
    public String toString() {
        return "Reservation[" + decision + "]";
    }
}
