package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * Takes the permits of a new call that has found outdated budgets from the budgets in force, as waiting calls do.
 */
final class CurrentBudgets implements PermitSource {

    private final WaitQueue queue;
    private final long permits;

    /** Gives back the permits of the last attempt. */
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
