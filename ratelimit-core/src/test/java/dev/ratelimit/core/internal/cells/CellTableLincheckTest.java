package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Lookup, insertion, eviction and refund on one contested place are linearizable; the broken twin's are not. */
class CellTableLincheckTest {

    /** The table, as the checker calls it; by itself, one call at a time, also the specification. */
    @Param(name = "key", gen = IntGen.class, conf = "1:3")
    @Param(name = "permits", gen = IntGen.class, conf = "1:2")
    public static class Real {
        private final Budgets table = ContestedPlace.table();

        @Operation
        public boolean take(@Param(name = "key") int key, @Param(name = "permits") int permits) {
            return Outcome.isAllowed(table.take(key, permits));
        }

        @Operation
        public long remaining(@Param(name = "key") int key) {
            return table.peek(key, 1).remaining();
        }

        @Operation
        public void refund(@Param(name = "key") int key, @Param(name = "permits") int permits) {
            table.refund(key, permits);
        }

        @Operation
        public void reset(@Param(name = "key") int key) {
            table.reset(key);
        }
    }

    /** The twin. */
    @Param(name = "key", gen = IntGen.class, conf = "1:3")
    public static class Broken {
        private final BrokenHandOver table = new BrokenHandOver();

        @Operation
        public boolean take(@Param(name = "key") int key) {
            return Outcome.isAllowed(table.take(key, 1));
        }

        @Operation
        public long remaining(@Param(name = "key") int key) {
            return table.remaining(key);
        }
    }

    @Test
    void modelChecking() {
        modelChecker().check(Real.class);
    }

    @Test
    void modelCheckingWithThreeThreads() {
        modelChecker().threads(3).actorsPerThread(2).check(Real.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(15)
                .invocationsPerIteration(2_000)
                .threads(2)
                .actorsPerThread(4)
                .check(Real.class);
    }

    @Test
    void brokenTwinIsCaught() {
        assertThatThrownBy(() -> modelChecker().check(Broken.class)).hasMessageContaining("Invalid execution results");
    }

    private static ModelCheckingOptions modelChecker() {
        return new ModelCheckingOptions()
                .iterations(12)
                .invocationsPerIteration(1_000)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(2)
                .actorsAfter(3);
    }
}
