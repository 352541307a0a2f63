package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;

/**
 * The outcome of a request at a cell, in one word, so that a plain yes or no allocates nothing. If it is zero or more,
 * the permits were taken, and it is the debt after that. If it is negative, the permits were refused, and it is the
 * distance of the clock to the reading at which they could be taken.
 *
 * <p>The methods here convert it to a {@link Decision} for callers that need one.
 */
public final class Outcome {

    /**
     * Says that there is no place for a new key. No distance has this value, because distances are smaller in magnitude
     * and have zeros in their low bits.
     */
    static final long SATURATED = Long.MIN_VALUE;

    private Outcome() {}

    /** Returns whether the permits were taken. */
    public static boolean isAllowed(long outcome) {
        return outcome >= 0;
    }

    /** Returns whether there is no place for a new key. */
    public static boolean isSaturated(long outcome) {
        return outcome == SATURATED;
    }

    /** Returns the decision on a request that was allowed, or refused because of too few permits. */
    static Decision decision(Gcra gcra, long outcome, long permits) {
        Rate rate = gcra.rate();
        if (isAllowed(outcome)) {
            return Decision.allowed(rate, gcra.remaining(outcome), gcra.nanos(outcome));
        }
        long debt = gcra.debtOfRefusal(outcome, permits);
        return Decision.refused(
                Decision.Reason.OVER_LIMIT, rate, gcra.remaining(debt), gcra.nanos(-outcome), gcra.nanos(debt));
    }

    /** Returns the decision on a {@code peek}: its remaining permits are those before any permit is taken. */
    static Decision foreseen(Gcra gcra, long debt, long permits) {
        if (permits > gcra.rate().capacity()) {
            return Decision.exceedsCapacity(gcra.rate(), gcra.remaining(debt), gcra.nanos(debt));
        }
        long missing = gcra.missing(debt, permits);
        return decision(gcra, missing > 0 ? -missing : debt, permits);
    }
}
