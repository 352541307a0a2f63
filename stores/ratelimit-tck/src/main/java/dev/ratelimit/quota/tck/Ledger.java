package dev.ratelimit.quota.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.store.Deadline;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The units that operations of one unit each have certainly counted, and those that they may have counted. Thread-safe.
 */
final class Ledger {

    private final AtomicLong counted = new AtomicLong();
    private final AtomicLong uncertain = new AtomicLong();

    /** Does an operation, and records its outcome. */
    Outcome enter(Caller store, Operation unit, Deadline within) {
        Outcome outcome = store.attempt(unit, within);
        if (outcome instanceof Counted answer && (unit instanceof Adjust || answer.granted() > 0)) {
            counted.incrementAndGet();
        } else if (outcome instanceof Failed failed && failed.certainty() == Certainty.INDETERMINATE) {
            uncertain.incrementAndGet();
        }
        return outcome;
    }

    /** The number of units that were certainly counted. */
    long counted() {
        return counted.get();
    }

    /** The number of units that were counted at most. */
    long countedAtMost() {
        return counted.get() + uncertain.get();
    }
}
