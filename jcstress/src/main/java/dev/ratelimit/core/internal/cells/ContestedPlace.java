package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;

/**
 * A table of one set in which seven of eight places are held by keys deep in debt: all other keys fight for one place.
 *
 * <p>Time stands still, so that keys that took as many permits have the same position: the hardest case for the
 * hand-over.
 */
final class ContestedPlace {

    static final Rate RATE = new Rate(1, Duration.ofSeconds(1), 100);
    static final TimeSource STILL = () -> 0;
    static final int SMALLEST = 5;

    private static final int BLOCKERS = 7;

    private ContestedPlace() {}

    /** A table whose contested place is where all the others are looked for first, and held by key 1, which took permits. */
    static Budgets heldByKey1(long permits) {
        Budgets table = table();
        take(table, 1, permits);
        block(table);
        return table;
    }

    /** A table whose contested place is not where the others are looked for first. */
    static Budgets heldElsewhereByKey1(long permits) {
        Budgets table = table();
        block(table);
        take(table, 1, permits);
        return table;
    }

    static Budgets table() {
        return new CellTable(SMALLEST, WhenSaturated.EVICT, STILL).budgets(RATE, Duration.ZERO);
    }

    private static void block(Budgets table) {
        for (int blocker = 1; blocker <= BLOCKERS; blocker++) {
            take(table, 1000L + blocker, 99);
        }
    }

    static boolean take(Budgets table, long key, long permits) {
        return Outcome.isAllowed(table.take(key, permits));
    }

    static long remaining(Budgets table, long key) {
        return table.peek(key, 1).remaining();
    }
}
