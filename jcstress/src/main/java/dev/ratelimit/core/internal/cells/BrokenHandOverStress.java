package dev.ratelimit.core.internal.cells;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** The races of {@link HandOverStress.TwoKeys} and {@link InsertStress.HeldPlace}, run with {@link BrokenHandOver}. */
public class BrokenHandOverStress {

    /** The old owner takes a permit, and the new one takes the place. */
    @JCStressTest
    @State
    @Outcome(id = "100, 99", expect = ACCEPTABLE, desc = "key 1, then key 2, which evicts it")
    @Outcome(id = "99, 100", expect = ACCEPTABLE, desc = "key 2, then key 1 anew, which evicts it")
    @Outcome(id = "100, 98", expect = FORBIDDEN, desc = "key 2 was charged for key 1")
    public static class TwoKeys {
        private final BrokenHandOver table = new BrokenHandOver();

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            table.take(1);
        }

        /** Takes a permit of the new owner. */
        @Actor
        public void newOwner() {
            table.take(2);
        }

        /** Reads what both have left. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r1 = table.remaining(1);
            result.r2 = table.remaining(2);
        }
    }

    /** Two threads insert the same new key. */
    @JCStressTest
    @State
    @Outcome(id = "100, 98", expect = ACCEPTABLE, desc = "both in one cell")
    @Outcome(id = "100, 99", expect = FORBIDDEN, desc = "a permit was lost")
    public static class HeldPlace {
        private final BrokenHandOver table = new BrokenHandOver();

        /** Takes a permit. */
        @Actor
        public void one() {
            table.take(2);
        }

        /** Takes a permit. */
        @Actor
        public void other() {
            table.take(2);
        }

        /** Reads what is left to the old owner, and to the new one. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r1 = table.remaining(1);
            result.r2 = table.remaining(2);
        }
    }
}
