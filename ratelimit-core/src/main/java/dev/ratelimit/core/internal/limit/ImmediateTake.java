package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.cells.Receipt;
import dev.ratelimit.core.internal.queue.PermitSource;
import java.util.List;

/** Takes the permits of a reservation that are there now, so that they can be given back. */
final class ImmediateTake implements PermitSource {

    private final PolicyBudgets budgets;
    private final long key;
    private final long permits;

    /** What the last attempt took. */
    private volatile List<Receipt> receipts = List.of();

    private volatile long takenAt;

    ImmediateTake(PolicyBudgets budgets, long key, long permits) {
        this.budgets = budgets;
        this.key = key;
        this.permits = permits;
    }

    @Override
    public Decision at(long clock) {
        List<Receipt> written = budgets.receipts();
        Decision decision = budgets.attempt(key, permits, clock, written);
        receipts = written;
        takenAt = clock;
        return decision;
    }

    /** The reading of the clock at which they were taken. */
    long takenAt() {
        return takenAt;
    }

    /** Gives them back, as far as nobody who was charged later counts on it. */
    void cancel() {
        budgets.cancel(key, permits, receipts);
    }
}
