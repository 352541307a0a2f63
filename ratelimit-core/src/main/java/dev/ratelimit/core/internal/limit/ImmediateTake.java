package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.core.internal.cells.Receipt;
import dev.ratelimit.core.internal.queue.WaitQueues;
import java.util.List;

/** Takes permits that the budgets have now, in a way that can be cancelled. */
final class ImmediateTake implements WaitQueues.PermitSource {

    private final PolicyBudgets budgets;
    private final long key;
    private final long permits;

    /** The receipts of the last attempt. */
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

    /** Returns the reading of the clock at which the permits were taken. */
    long takenAt() {
        return takenAt;
    }

    /** Gives the permits back, as far as later charges do not depend on them. */
    void cancel() {
        budgets.cancel(key, permits, receipts);
    }
}
