package dev.ratelimit.rate.spi;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Applies the operations of a call one after the other, for stores without batches. */
final class OneByOne {

    /** The maximum number of operations in a call. */
    static final int MAX_BATCH = 1000;

    private OneByOne() {}

    /**
     * Applies operations until the deadline.
     *
     * @param one applies one operation; what it throws is its failure
     */
    static List<RateOutcome> apply(
            List<RateOperation> operations, Deadline deadline, Function<RateOperation, RateOutcome> one) {
        int count = operations.size();
        if (count < 1 || count > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "a call takes 1 to " + MAX_BATCH + " operations, but was given " + count + "; split them");
        }
        List<RateOutcome> outcomes = new ArrayList<>(count);
        for (RateOperation operation : operations) {
            outcomes.add(
                    deadline.hasPassed()
                            ? notApplied("the deadline had passed before the operation began")
                            : outcome(operation, one));
        }
        return outcomes;
    }

    private static RateOutcome outcome(RateOperation operation, Function<RateOperation, RateOutcome> one) {
        try {
            return one.apply(operation);
        } catch (StoreException e) {
            return new Failed(e.certainty(), e);
        } catch (RuntimeException e) {
            return new Failed(Certainty.INDETERMINATE, e);
        }
    }

    static Failed notApplied(String why) {
        return new Failed(Certainty.NOT_APPLIED, new StoreException(Certainty.NOT_APPLIED, why, null));
    }
}
