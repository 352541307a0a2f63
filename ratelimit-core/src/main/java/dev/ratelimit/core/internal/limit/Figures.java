package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Gauges;
import dev.ratelimit.Snapshot;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.queue.WaitQueues;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The figures of a limiter: what is known of a key, and the gauges.
 *
 * @param cells the table with the state of the keys
 * @param blackouts the blackouts that the application called for
 * @param queues the queues of waiting calls
 * @param leases the leases
 * @param room the maximum number of waiting calls
 * @param size the number of budgets that the cells are sized for
 */
record Figures(
        CellTable cells, CalledBlackouts blackouts, WaitQueues queues, Leases leases, WaiterBounds room, int size) {

    /** Returns the snapshot of a key, which is read again until two consecutive reads are equal. */
    Snapshot snapshot(PolicyBudgets budgets, long key) {
        long clock = cells.clock();
        long called = blackouts.nanosLeft(key, cells.clock());
        int held = leases.inUse(key);
        long[] withWaiting = queues.isEmpty() ? null : queues.debts(budgets, key);
        List<Budgets> rates = budgets.all();
        long[] debts = debts(budgets, key, clock);
        for (long[] again = debts(budgets, key, clock);
                !Arrays.equals(debts, again);
                again = debts(budgets, key, clock)) {
            debts = again;
        }
        List<Snapshot.Budget> each = new ArrayList<>();
        for (int i = 0; i < rates.size(); i++) {
            each.add(
                    withWaiting == null
                            ? rates.get(i).snapshot(debts[i])
                            : budgets.scale(i).snapshot(withWaiting[i]));
        }
        return new Snapshot(budgets.policy(), each, Duration.ofNanos(Math.max(called, debts[rates.size()])), held);
    }

    /** Returns the debts at all rates, and the nanoseconds of blackout. */
    private static long[] debts(PolicyBudgets budgets, long key, long clock) {
        List<Budgets> rates = budgets.all();
        long[] debts = new long[rates.size() + 1];
        for (int i = 0; i < rates.size(); i++) {
            debts[i] = Math.max(0, rates.get(i).debt(key, clock));
        }
        debts[rates.size()] = budgets.blackoutNanos(key, clock);
        return debts;
    }

    Gauges gauges() {
        long longest = Math.max(queues.maxWaitNanos(), leases.maxWaitNanos());
        long debts = cells.debts();
        return new Gauges(
                room.waiting() + leases.waiting(),
                Duration.ofNanos(longest),
                leases.inUse(),
                debts,
                (double) debts / size);
    }

    /** Returns how often a key in debt or in a blackout was forgotten for a new one. */
    long evictedInDebt() {
        return cells.evictedInDebt() + blackouts.evicted();
    }
}
