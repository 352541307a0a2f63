package dev.ratelimit.core.internal.cells;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/** Races of a refund against what is taken meanwhile: neither is lost. */
public class RefundStress {

    /** Both go through. */
    @JCStressTest
    @State
    @Outcome(id = "92", expect = ACCEPTABLE, desc = "10 taken before, 1 taken, 3 given back")
    public static class OfSome {
        private final Budgets table = ContestedPlace.heldByKey1(10);

        /** Takes a permit. */
        @Actor
        public void take() {
            ContestedPlace.take(table, 1, 1);
        }

        /** Gives back three. */
        @Actor
        public void refund() {
            table.refund(1, 3);
        }

        /** Reads what is left. */
        @Arbiter
        public void remaining(J_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
        }
    }

    /** The bucket was empty: the permit that is given back can be had, or is there afterwards. */
    @JCStressTest
    @State
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "given back, then taken")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "refused, then given back")
    public static class OfTheLast {
        private final Budgets table = ContestedPlace.heldByKey1(100);

        /** Takes a permit. */
        @Actor
        public void take(ZJ_Result result) {
            result.r1 = ContestedPlace.take(table, 1, 1);
        }

        /** Gives one back. */
        @Actor
        public void refund() {
            table.refund(1, 1);
        }

        /** Reads what is left. */
        @Arbiter
        public void remaining(ZJ_Result result) {
            result.r2 = ContestedPlace.remaining(table, 1);
        }
    }

    /** The key loses its place: the one that gets it has nothing given back. */
    @JCStressTest
    @State
    @Outcome(id = "100, 99", expect = ACCEPTABLE, desc = "in either order")
    public static class OfTheEvicted {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Gives a permit back to the old owner. */
        @Actor
        public void refund() {
            table.refund(1, 1);
        }

        /** Takes a permit of the new owner. */
        @Actor
        public void newOwner() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Reads what both have left. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
            result.r2 = ContestedPlace.remaining(table, 2);
        }
    }
}
