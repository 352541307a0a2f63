package dev.ratelimit.rate.tck;

import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;

/** A caller of a store, which accepts only the outcomes that the rules allow. */
record RateCaller(RateStore store, Duration deadline) {

    /** Returns the outcome of an operation, which must not fail. */
    Applied applied(RateOperation operation) {
        RateOutcome outcome = attempt(operation, Deadline.after(deadline));
        if (outcome instanceof Applied applied) {
            return applied;
        }
        Failed failed = (Failed) outcome;
        throw new AssertionError(
                "nothing was broken, but " + operation + " failed within " + deadline + ": " + failed, failed.cause());
    }

    /** Returns the outcomes of a call of several operations, one for each. */
    List<RateOutcome> all(String rule, List<RateOperation> operations) {
        try {
            List<RateOutcome> outcomes = store.apply(operations, Deadline.after(deadline));
            if (outcomes.size() != operations.size()) {
                throw new AssertionError("R8.1: there is one outcome for each operation, but of " + operations.size()
                        + " operations there were " + outcomes.size());
            }
            return outcomes;
        } catch (RuntimeException e) {
            throw new AssertionError(
                    rule + ": nothing was broken, but a call of " + operations.size() + " operations failed: " + e, e);
        }
    }

    /** Returns any outcome. An exception that the rules allow is an outcome, too. */
    RateOutcome attempt(RateOperation operation, Deadline within) {
        try {
            List<RateOutcome> outcomes = store.apply(List.of(operation), within);
            if (outcomes.size() != 1) {
                throw new AssertionError("R8.1: one operation has one outcome, but there were " + outcomes);
            }
            return outcomes.get(0);
        } catch (StoreException e) {
            return new Failed(e.certainty(), e);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "R7.1: a failure is Failed or a StoreException, but of " + operation + " came " + e, e);
        }
    }
}
