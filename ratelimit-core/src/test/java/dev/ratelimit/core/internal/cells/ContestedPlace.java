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
public final class ContestedPlace {

    public static final Rate RATE = new Rate(1, Duration.ofSeconds(1), 100);
    public static final TimeSource STILL = () -> 0;

    static final int SMALLEST = 5;
    static final int BLOCKERS = 7;

    private ContestedPlace() {}

    public static Budgets table() {
        Budgets table = new CellTable(SMALLEST, WhenSaturated.EVICT, STILL).budgets(RATE, Duration.ZERO);
        for (int blocker = 1; blocker <= BLOCKERS; blocker++) {
            table.take(1000L + blocker, 99);
        }
        return table;
    }
}
