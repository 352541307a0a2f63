package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Reservation;
import dev.ratelimit.core.internal.cells.Receipt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reservation in the cells of a key. It keeps no key, and nothing once it is cancelled but its answer. */
final class CellReservation implements Reservation {

    private static final VarHandle TAKEN;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(CellReservation.class, "taken", Taken.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Taken(PolicyBudgets budgets, long key, long permits, List<Receipt> receipts) {}

    private final Decision decision;
    private final long dueNanos;

    @SuppressWarnings("unused") // by the VarHandle
    private volatile @Nullable Taken taken;

    CellReservation(
            Decision decision, long dueNanos, PolicyBudgets budgets, long key, long permits, List<Receipt> receipts) {
        this.decision = decision;
        this.dueNanos = dueNanos;
        this.taken = new Taken(budgets, key, permits, receipts);
    }

    private CellReservation(Decision decision, long dueNanos) {
        this.decision = decision;
        this.dueNanos = dueNanos;
    }

    /** An answer with nothing to cancel. */
    static CellReservation answered(Decision decision, long now) {
        return new CellReservation(decision, now);
    }

    @Override
    public boolean granted() {
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
        Taken given = (Taken) TAKEN.getAndSet(this, null);
        if (given != null) {
            given.budgets.cancel(given.key, given.permits, given.receipts);
        }
        return given != null;
    }

    @Override
    public String toString() {
        return "Reservation[" + decision + "]";
    }
}
