package dev.ratelimit.runtime.timers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.ratelimit.TimeSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A race of the timer's thread with the caller who cancels: the task runs, or it was cancelled. */
@JCStressTest
@State
@Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "cancelled")
@Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "run")
public class TimerStress {

    /** The timer never gets to it: it is this test that takes its part. */
    private static final TimerThread THREAD = new TimerThread("unused", 0);

    private final AtomicInteger runs = new AtomicInteger();
    private final Timer timer = new Timer(THREAD, TimeSource.system(), 0, runs::incrementAndGet, Timer.Kind.SHORT);

    /** The timer's thread. */
    @Actor
    public void run() {
        timer.run();
    }

    /** The caller. */
    @Actor
    public void cancel(ZI_Result result) {
        result.r1 = timer.takeTask() != null;
    }

    /** Reads how often it ran. */
    @Arbiter
    public void runs(ZI_Result result) {
        result.r2 = runs.get();
    }
}
