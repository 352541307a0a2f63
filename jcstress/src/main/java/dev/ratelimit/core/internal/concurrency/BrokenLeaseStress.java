package dev.ratelimit.core.internal.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The races of {@link LeaseStress}, run with {@link BrokenLeases}. */
public class BrokenLeaseStress {

    /** Two threads close the same lease, or one of them takes it back: there is no difference here. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one slot was given back")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "somebody else's, too")
    public static class CloseTwice {
        private final BrokenLeases key = new BrokenLeases(2);
        private final BrokenLeases.Open lease = key.new Open();

        /** Opens the other one. */
        public CloseTwice() {
            key.enter();
        }

        /** Closes the lease. */
        @Actor
        public void one() {
            lease.close();
        }

        /** Closes the lease. */
        @Actor
        public void other() {
            lease.close();
        }

        /** Reads what is left. */
        @Arbiter
        public void inUse(I_Result result) {
            result.r1 = key.inUse();
        }
    }

    /** Two threads want the only lease. */
    @JCStressTest
    @State
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "one was first")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the other was first")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "both are in")
    public static class EnterTwice {
        private final BrokenLeases key = new BrokenLeases(1);

        /** Tries to enter. */
        @Actor
        public void one(ZZ_Result result) {
            result.r1 = key.enter();
        }

        /** Tries to enter. */
        @Actor
        public void other(ZZ_Result result) {
            result.r2 = key.enter();
        }
    }
}
