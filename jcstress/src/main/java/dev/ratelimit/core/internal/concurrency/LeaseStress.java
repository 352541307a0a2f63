package dev.ratelimit.core.internal.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.ratelimit.Lease;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** Races of those who close a lease, enter, time out, or take a lease back. What is not listed is forbidden. */
public class LeaseStress {

    /** Two threads close the same lease, beside which there is another one. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one slot was given back")
    public static class CloseTwice {
        private final OneKey key = new OneKey(2);
        private final Lease lease = key.lease();

        /** Opens the other one. */
        public CloseTwice() {
            key.lease();
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

    /** One thread closes the only lease, another one wants it. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "closed, then entered")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "refused, then closed")
    public static class CloseAndEnter {
        private final OneKey key = new OneKey(1);
        private final Lease lease = key.lease();

        /** Closes the lease. */
        @Actor
        public void close() {
            lease.close();
        }

        /** Tries to enter. */
        @Actor
        public void enter(ZI_Result result) {
            result.r1 = key.enter();
        }

        /** Reads what is left. */
        @Arbiter
        public void inUse(ZI_Result result) {
            result.r2 = key.inUse();
        }
    }

    /** An overdue lease is closed and taken back at once, beside which there is another one. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "closed before it was taken back")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "taken back, and closed in vain")
    public static class CloseAndTakeBack {
        private final OneKey key = new OneKey(2);
        private final Lease overdue = key.overdue();

        /** Opens the other one. */
        public CloseAndTakeBack() {
            key.lease();
        }

        /** Closes the lease. */
        @Actor
        public void close() {
            overdue.close();
        }

        /** Takes it back. */
        @Actor
        public void takeBack() {
            key.takeBack();
        }

        /** Reads what is left, and what was reported. */
        @Arbiter
        public void inUse(II_Result result) {
            result.r1 = key.inUse();
            result.r2 = key.reclaimed();
        }
    }

    /** One thread closes the only lease while the time of another one, who waits for it, is over. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "handed over, and timed out in vain")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "timed out, then closed")
    public static class CloseAndTimeOut {
        private final OneKey key = new OneKey(1);
        private final Lease lease = key.lease();
        private final Waiter waiter = key.queue();

        /** Closes the lease. */
        @Actor
        public void close() {
            lease.close();
        }

        /** Ends the wait. */
        @Actor
        public void timeOut() {
            waiter.timeOut();
        }

        /** Reads what became of the one who waited, and what is left. */
        @Arbiter
        public void inUse(ZI_Result result) {
            result.r1 = waiter.handed() != null;
            result.r2 = key.inUse();
        }
    }

    /** One thread closes the only lease while another one cancels the call that waits for it. */
    @JCStressTest
    @State
    @Outcome(id = "false, 1, 0", expect = ACCEPTABLE, desc = "handed over and told, then cancelled in vain")
    @Outcome(id = "true, 0, 0", expect = ACCEPTABLE, desc = "cancelled, and what was handed over went back")
    public static class CloseAndCancel {
        private final OneKey key = new OneKey(1);
        private final Lease lease = key.lease();
        private final Slots.PendingEntry call = key.call();

        /** Closes the lease. */
        @Actor
        public void close() {
            lease.close();
        }

        /** Cancels. */
        @Actor
        public void cancel(ZII_Result result) {
            result.r1 = call.cancel();
        }

        /** Reads how often the call was told, and what is left. */
        @Arbiter
        public void inUse(ZII_Result result) {
            result.r2 = key.told();
            result.r3 = key.inUse();
        }
    }
}
