package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * Permits are taken and given back, while rates are replaced so often that numbers are given again: whatever thread stands
 * still anywhere meanwhile, each permit counts once. The twin gives numbers again at once.
 *
 * <p>Time stands still, so that a key has the same permits at any rate; no two rates have a position in common.
 */
class RateChangesLincheckTest {

    /** So few that a number is given again at the third change. */
    private static final int NUMBERS = 3;

    private static final List<Rate> RATES = List.of(
            new Rate(1, Duration.ofMillis(1_000), 8),
            new Rate(1, Duration.ofMillis(1_009), 8),
            new Rate(1, Duration.ofMillis(1_013), 8),
            new Rate(1, Duration.ofMillis(1_019), 8));

    /** The table, as the checker calls it; by itself, one call at a time, also the specification. */
    @Param(name = "permits", gen = IntGen.class, conf = "1:2")
    public static class Real {
        private final CellTable table = new CellTable(
                ContestedPlace.SMALLEST, WhenSaturated.EVICT, ContestedPlace.STILL, () -> {}, new RateNumbers(NUMBERS));
        private volatile Budgets current = budgets(0);
        private int changes;

        private Budgets budgets(int change) {
            return table.budgets(RATES.get(change % RATES.size()), Duration.ZERO);
        }

        @Operation
        public boolean take(@Param(name = "permits") int permits) {
            return Outcome.isAllowed(current.take(1, permits));
        }

        @Operation
        public void refund() {
            current.refund(1, 1);
        }

        @Operation
        public void reset() {
            current.reset(1);
        }

        @Operation
        public long remaining() {
            return current.peek(1, 1).remaining();
        }

        @Operation
        public synchronized void change() {
            Budgets before = current;
            current = budgets(++changes);
            table.replace(List.of(before), null, List.of(current), null);
        }
    }

    /** The twin. */
    @Param(name = "permits", gen = IntGen.class, conf = "1:2")
    public static class Broken {
        private final BrokenNumbers table = new BrokenNumbers(RATES);

        @Operation
        public boolean take(@Param(name = "permits") int permits) {
            return table.take(permits);
        }

        @Operation
        public long remaining() {
            return table.remaining();
        }

        @Operation
        public void change() {
            table.change();
        }
    }

    @Test
    void modelChecking() {
        modelChecker().check(Real.class);
    }

    @Test
    void brokenTwinIsCaught() {
        // A cell in units that nobody knows is read again and again, or counts wrongly: whichever is found first.
        assertThatThrownBy(() -> modelChecker().check(Broken.class))
                .hasMessageMatching("(?s).*(Invalid execution results|The execution has hung).*");
    }

    private static ModelCheckingOptions modelChecker() {
        return new ModelCheckingOptions()
                // A change goes over all places and stripes.
                .loopBound(1_000)
                .iterations(10)
                .invocationsPerIteration(150)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(1)
                .actorsAfter(2);
    }
}
