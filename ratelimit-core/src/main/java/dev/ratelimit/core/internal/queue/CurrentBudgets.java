package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/** Takes the permits of a newcomer that has found other budgets than those in force: from these, as calls that wait do. */
final class CurrentBudgets implements PermitSource {

    private final WaitQueue queue;
    private final long permits;

    /** Gives back what the last attempt took. */
    private @Nullable Runnable cancellation;

    CurrentBudgets(WaitQueue queue, long permits) {
        this.queue = queue;
        this.permits = permits;
    }

    @Override
    public Decision at(long clock) {
        TakeResult taken = queue.account.take(queue.key, permits, clock);
        cancellation = taken.decision().allowed() ? taken.cancellation() : null;
        return taken.decision();
    }

    @Nullable
    Runnable cancellation() {
        return cancellation;
    }
}
