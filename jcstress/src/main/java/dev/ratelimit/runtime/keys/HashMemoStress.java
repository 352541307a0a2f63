package dev.ratelimit.runtime.keys;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.SplittableRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A race of two strings for one place of a memo, which each reads and writes: neither gets the other's hash.
 *
 * <p>They end alike, so that each finds the other in its place and takes it over. All the races go on in one memo: what
 * a memo must never do does not depend on what it has done, and one for each race would be all that there is memory for.
 */
@JCStressTest
@State
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "each its own hash")
public class HashMemoStress {

    private static final int KIND = 1;
    private static final String ONE = "one-of-two-clients";
    private static final String OTHER = "the-other-of-clients";

    private static final Multilinear FAMILY = new Multilinear(new SplittableRandom(1));
    private static final HashMemo MEMO = new HashMemo(FAMILY, KIND);
    private static final long HASH_OF_ONE = FAMILY.text(KIND, ONE);
    private static final long HASH_OF_OTHER = FAMILY.text(KIND, OTHER);

    /** Asks for one's hash. */
    @Actor
    public void one(ZZ_Result result) {
        result.r1 = MEMO.hash(ONE) == HASH_OF_ONE;
    }

    /** Asks for the other's hash. */
    @Actor
    public void other(ZZ_Result result) {
        result.r2 = MEMO.hash(OTHER) == HASH_OF_OTHER;
    }
}
