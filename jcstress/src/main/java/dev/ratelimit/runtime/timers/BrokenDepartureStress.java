package dev.ratelimit.runtime.timers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIL_Result;

/** The race of {@link DepartureStress.Cancel}, run with {@link BrokenDeparture}. */
@JCStressTest
@State
@Outcome(id = "true, 1, cancelled", expect = ACCEPTABLE, desc = "cancelled")
@Outcome(id = "false, 0, gone", expect = ACCEPTABLE, desc = "departed")
@Outcome(id = "true, 1, gone", expect = FORBIDDEN, desc = "departed, and given back all the same")
public class BrokenDepartureStress {

    private final AtomicInteger withdrawals = new AtomicInteger();
    private final BrokenDeparture departure = new BrokenDeparture(withdrawals::incrementAndGet);

    /** The timer's thread. */
    @Actor
    public void depart() {
        departure.run();
    }

    /** The caller. */
    @Actor
    public void cancel(ZIL_Result result) {
        result.r1 = departure.cancel();
        result.r2 = withdrawals.get();
    }

    /** Reads what came out. */
    @Arbiter
    public void read(ZIL_Result result) {
        result.r3 = departure.read();
    }
}
