package dev.ratelimit.core.internal.cells;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A race of two threads for the only permit of a limiter without a key: exactly one gets it. */
@JCStressTest
@State
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "one was first")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the other was first")
public class SingleCellStress {

    private static final Rate ONE = new Rate(1, Duration.ofSeconds(1), 1);

    private final SingleLimiter cell = Limiters.single(ONE, ContestedPlace.STILL);

    /** Takes the permit. */
    @Actor
    public void one(ZZ_Result result) {
        result.r1 = cell.tryAcquire();
    }

    /** Takes the permit. */
    @Actor
    public void other(ZZ_Result result) {
        result.r2 = cell.tryAcquire();
    }
}
