package dev.ratelimit.core.internal.cells;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.ZJJ_Result;

/**
 * Races for a place that is taken over while its old owner uses it ({@link ContestedPlace}).
 *
 * <p>A key that has lost its place is a key never seen, with the whole 100 permits. What is not listed is forbidden.
 */
public class HandOverStress {

    /** The old owner takes a permit, and the new one takes the place. */
    @JCStressTest
    @State
    @Outcome(id = "100, 99", expect = ACCEPTABLE, desc = "key 1, then key 2, which evicts it")
    @Outcome(id = "99, 100", expect = ACCEPTABLE, desc = "key 2, then key 1 anew, which evicts it")
    public static class TwoKeys {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            ContestedPlace.take(table, 1, 1);
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

    /** The old owner takes a permit, and the new one takes the place, which is not where either is looked for first. */
    @JCStressTest
    @State
    @Outcome(id = "100, 99", expect = ACCEPTABLE, desc = "key 1, then key 2, which evicts it")
    @Outcome(id = "99, 100", expect = ACCEPTABLE, desc = "key 2, then key 1 anew, which evicts it")
    public static class TwoKeysElsewhere {
        private final Budgets table = ContestedPlace.heldElsewhereByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            ContestedPlace.take(table, 1, 1);
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

    /** Three threads, a key each; it needs three processors. */
    @JCStressTest
    @State
    @Outcome(id = "99, 100, 100", expect = ACCEPTABLE, desc = "key 1 is last, anew")
    @Outcome(id = "100, 99, 100", expect = ACCEPTABLE, desc = "key 2 is last")
    @Outcome(id = "100, 100, 99", expect = ACCEPTABLE, desc = "key 3 is last")
    public static class ThreeKeys {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            ContestedPlace.take(table, 1, 1);
        }

        /** Takes a permit of a new owner. */
        @Actor
        public void newOwner() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Takes a permit of another new owner. */
        @Actor
        public void otherNewOwner() {
            ContestedPlace.take(table, 3, 1);
        }

        /** Reads what all have left. */
        @Arbiter
        public void remaining(JJJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
            result.r2 = ContestedPlace.remaining(table, 2);
            result.r3 = ContestedPlace.remaining(table, 3);
        }
    }

    /** The place changes hands twice. */
    @JCStressTest
    @State
    @Outcome(id = "100, 100, 99", expect = ACCEPTABLE, desc = "key 3 is last")
    @Outcome(id = "99, 100, 100", expect = ACCEPTABLE, desc = "key 1 is last, anew")
    public static class TwiceOver {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            ContestedPlace.take(table, 1, 1);
        }

        /** Takes a permit of one new owner, then of another. */
        @Actor
        public void newOwners() {
            ContestedPlace.take(table, 2, 1);
            ContestedPlace.take(table, 3, 1);
        }

        /** Reads what all have left. */
        @Arbiter
        public void remaining(JJJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
            result.r2 = ContestedPlace.remaining(table, 2);
            result.r3 = ContestedPlace.remaining(table, 3);
        }
    }

    /** The place goes to another key and comes back, at the position that it had. */
    @JCStressTest
    @State
    @Outcome(id = "99, 100", expect = ACCEPTABLE, desc = "the first permit was forgotten with its key")
    @Outcome(id = "98, 100", expect = ACCEPTABLE, desc = "both permits were taken after key 2")
    public static class ThereAndBack {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner() {
            ContestedPlace.take(table, 1, 1);
        }

        /** Takes a permit of the new owner, then one of the old owner. */
        @Actor
        public void newOwnerAndBack() {
            ContestedPlace.take(table, 2, 1);
            ContestedPlace.take(table, 1, 1);
        }

        /** Reads what both have left. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
            result.r2 = ContestedPlace.remaining(table, 2);
        }
    }

    /** The old owner is looked at: never as if it owed what the new one does. */
    @JCStressTest
    @State
    @Outcome(id = "95, 99", expect = ACCEPTABLE, desc = "looked at, then evicted")
    @Outcome(id = "100, 99", expect = ACCEPTABLE, desc = "evicted, then looked at")
    public static class Peek {
        private final Budgets table = ContestedPlace.heldByKey1(5);

        /** Reads what the old owner has left. */
        @Actor
        public void oldOwner(JJ_Result result) {
            result.r1 = ContestedPlace.remaining(table, 1);
        }

        /** Takes a permit of the new owner. */
        @Actor
        public void newOwner() {
            ContestedPlace.take(table, 2, 1);
        }

        /** Reads what the new owner has left. */
        @Arbiter
        public void remaining(JJ_Result result) {
            result.r2 = ContestedPlace.remaining(table, 2);
        }
    }

    /** The new owner takes all at once: the old one is not refused for that. */
    @JCStressTest
    @State
    @Outcome(id = "true, 100, 0", expect = ACCEPTABLE, desc = "key 1, then key 2, which evicts it")
    @Outcome(id = "true, 99, 0", expect = ACCEPTABLE, desc = "key 2, then key 1 anew, in place of a key that owes less")
    public static class DeepInDebt {
        private final Budgets table = ContestedPlace.heldByKey1(1);

        /** Takes a permit of the old owner. */
        @Actor
        public void oldOwner(ZJJ_Result result) {
            result.r1 = ContestedPlace.take(table, 1, 1);
        }

        /** Takes all permits of the new owner. */
        @Actor
        public void newOwner() {
            ContestedPlace.take(table, 2, 100);
        }

        /** Reads what both have left. */
        @Arbiter
        public void remaining(ZJJ_Result result) {
            result.r2 = ContestedPlace.remaining(table, 1);
            result.r3 = ContestedPlace.remaining(table, 2);
        }
    }
}
