package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;

/**
 * The answer of a cell to a request, in one word, so that a plain yes or no allocates nothing: the debt after the
 * permits were taken, from zero; or how far the clock is from the reading at which they could be, below zero.
 *
 * <p>This turns it into a {@link Decision} for those who ask for one.
 */
public final class Outcome {

    /** There is no place for a new key. No distance: the low bits of one are zero, and it is less than this. */
    static final long SATURATED = Long.MIN_VALUE;

    private Outcome() {}

    /** Whether the permits were taken. */
    public static boolean isAllowed(long outcome) {
        return outcome >= 0;
    }

    /** Whether there is no place for a new key. */
    public static boolean isSaturated(long outcome) {
        return outcome == SATURATED;
    }

    /** The decision on a request that was granted, or refused for want of permits. */
    static Decision decision(Gcra gcra, long outcome, long permits) {
        Rate rate = gcra.rate();
        if (isAllowed(outcome)) {
            return Decision.allowed(rate, gcra.remaining(outcome), gcra.nanos(outcome));
        }
        long debt = gcra.debtOfRefusal(outcome, permits);
        return Decision.refused(
                Decision.Reason.OVER_LIMIT, rate, gcra.remaining(debt), gcra.nanos(-outcome), gcra.nanos(debt));
    }

    /** The decision on a request that is only looked at: what remains is counted before any permit is taken. */
    static Decision foreseen(Gcra gcra, long debt, long permits) {
        if (permits > gcra.rate().capacity()) {
            return Decision.exceedsCapacity(gcra.rate(), gcra.remaining(debt), gcra.nanos(debt));
        }
        long missing = gcra.missing(debt, permits);
        return decision(gcra, missing > 0 ? -missing : debt, permits);
    }
}
