package dev.ratelimit.core.internal.cells;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** Races of two threads that insert the same new key: both permits are charged to one cell. */
public class InsertStress {

    /** All places are free. */
    @JCStressTest
    @State
    @Outcome(id = "98", expect = ACCEPTABLE, desc = "both in one cell")
    public static class FreePlaces {
        private final Budgets table = ContestedPlace.table();

        /** Takes a permit. */
        @Actor
        public void one() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Takes a permit. */
        @Actor
        public void other() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Reads what is left. */
        @Arbiter
        public void remaining(J_Result result) {
            result.r1 = ContestedPlace.remaining(table, 2);
        }
    }

    /** Another key has to make way. */
    @JCStressTest
    @State
    @Outcome(id = "100, 98", expect = ACCEPTABLE, desc = "both in one cell")
    public static class HeldPlace {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit. */
        @Actor
        public void one() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Takes a permit. */
        @Actor
        public void other() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Reads what is left to the old owner, and to the new one. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
            result.r2 = ContestedPlace.remaining(table, 2);
        }
    }
}
