package dev.ratelimit.runtime.timers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIL_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Races of a departure with those who give up: one wins, and the reservation is given back once or not at all. */
public class DepartureStress {

    /** The instant comes while the caller cancels. */
    @JCStressTest
    @State
    @Outcome(
            id = "true, 1, cancelled",
            expect = ACCEPTABLE,
            desc = "cancelled, and given back by the time that was said")
    @Outcome(id = "false, 0, gone", expect = ACCEPTABLE, desc = "departed")
    public static class Cancel {
        private final AtomicInteger withdrawals = new AtomicInteger();
        private final Departure<String> departure = new Departure<>(withdrawals::incrementAndGet);

        /** The timer's thread. */
        @Actor
        public void depart() {
            departure.depart("gone");
        }

        /** The caller. */
        @Actor
        public void cancel(ZIL_Result result) {
            result.r1 = departure.cancel(true);
            result.r2 = withdrawals.get();
        }

        /** Reads what came out. */
        @Arbiter
        public void read(ZIL_Result result) {
            result.r3 = departure.isCancelled() ? "cancelled" : departure.join();
        }
    }

    /** Two callers give up at once, in different ways. */
    @JCStressTest
    @State
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "one gave it back")
    @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "the other gave it back")
    public static class TwoGiveUp {
        private final AtomicInteger withdrawals = new AtomicInteger();
        private final Departure<String> departure = new Departure<>(withdrawals::incrementAndGet);

        /** By cancelling. */
        @Actor
        public void cancel(ZZI_Result result) {
            result.r1 = departure.cancel(true);
        }

        /** By a value of its own. */
        @Actor
        public void complete(ZZI_Result result) {
            result.r2 = departure.complete("other");
        }

        /** Reads how often it was given back. */
        @Arbiter
        public void read(ZZI_Result result) {
            result.r3 = withdrawals.get();
        }
    }
}
