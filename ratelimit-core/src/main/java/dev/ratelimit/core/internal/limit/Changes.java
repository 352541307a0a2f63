package dev.ratelimit.core.internal.limit;

import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.queue.WaitQueues;

/**
 * The changes of a key's budgets and blackouts that the application makes, and that waiting calls of the key notice.
 *
 * @param time the time source of the budgets
 * @param cells the table with the state of the keys
 * @param queues the queues of waiting calls
 * @param blackouts the blackouts that the application called for
 */
record Changes(TimeSource time, CellTable cells, WaitQueues queues, CalledBlackouts blackouts) {

    /** Gives permits back, which may let waiting calls depart. */
    void refund(PolicyBudgets budgets, long key, long permits) {
        budgets.refund(key, permits, time.nanos());
        refunded(budgets, key, permits);
    }

    /** Lets waiting calls depart, after permits were given back. */
    void refunded(PolicyBudgets budgets, long key, long permits) {
        if (!queues.isEmpty()) {
            queues.refunded(budgets, key, permits);
        }
    }

    /** Gives back permits that were taken from a key's only rate without a check of its queue. */
    void undo(PolicyBudgets budgets, long key, long permits) {
        budgets.refund(key, permits, cells.clock());
        queues.release(key);
    }

    /** Charges permits whether they are there or not; those that cannot wait for so long any more are refused. */
    long charge(PolicyBudgets budgets, long key, long permits) {
        long charged = budgets.owe(key, permits, time.nanos());
        if (!queues.isEmpty()) {
            queues.delayed(budgets, key);
        }
        return charged;
    }

    /** Ends the blackout of a key that was called for. */
    void endCalledBlackout(long key) {
        blackouts.end(key);
    }

    /** Fills the budgets, which may let waiting calls depart. */
    void reset(PolicyBudgets budgets, long key) {
        budgets.reset(key);
        if (!queues.isEmpty()) {
            queues.reset(budgets, key);
        }
    }

    /** Puts a key in a blackout for at least {@code nanos} nanoseconds, or ends its blackout if they are zero. */
    void blackout(long key, long nanos) {
        if (nanos == 0) {
            blackouts.end(key);
            cells.endBlackout(key);
            queues.release(key);
        } else {
            blackouts.extend(key, nanos);
            queues.delayed(null, key);
        }
    }
}
