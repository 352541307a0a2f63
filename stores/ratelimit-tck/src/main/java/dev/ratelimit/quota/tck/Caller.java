package dev.ratelimit.quota.tck;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A caller of a store, which accepts only the outcomes that the rules allow. */
final class Caller {

    private final QuotaStore store;
    private final Duration deadline;

    Caller(QuotaStore store, Duration deadline) {
        this.store = store;
        this.deadline = deadline;
    }

    QuotaStore store() {
        return store;
    }

    Counted acquire(Counter counter, long amount, long limit) {
        return acquire(counter, amount, amount, limit, null);
    }

    Counted acquire(Counter counter, long want, long min, long limit) {
        return acquire(counter, want, min, limit, null);
    }

    Counted acquire(Counter counter, long want, long min, long limit, @Nullable OperationId id) {
        return counted(new Acquire(counter, want, min, limit, id));
    }

    Counted adjust(Counter counter, long delta) {
        return counted(new Adjust(counter, delta, null));
    }

    Counted adjust(Counter counter, long delta, OperationId id) {
        return counted(new Adjust(counter, delta, id));
    }

    long used(Counter counter) {
        return counted(new Read(counter)).used();
    }

    Grouped group(Acquire... acquires) {
        Outcome outcome = working(new Group(List.of(acquires)));
        if (outcome instanceof Grouped grouped && grouped.parts().size() == acquires.length) {
            return grouped;
        }
        throw new AssertionError(
                "S8.1: a group has an outcome Grouped with " + acquires.length + " parts, but it was " + outcome);
    }

    Counted counted(Operation operation) {
        return asCounted(working(operation));
    }

    static Counted asCounted(Outcome outcome) {
        if (outcome instanceof Counted counted) {
            return counted;
        }
        throw new AssertionError("an acquire, adjust or read has an outcome Counted, but it was " + outcome);
    }

    /** Returns the outcomes of a call of several operations, one for each. */
    List<Outcome> all(String rule, List<Operation> operations) {
        try {
            List<Outcome> outcomes = store.apply(operations, Deadline.after(deadline));
            if (outcomes.size() != operations.size()) {
                throw new AssertionError("S9.1: outcomes are as many as operations, but of " + operations.size()
                        + " operations there were " + outcomes.size());
            }
            return outcomes;
        } catch (RuntimeException e) {
            throw new AssertionError(
                    rule + ": nothing was broken, but a call of " + operations.size() + " operations failed: " + e, e);
        }
    }

    /** Returns any outcome. An exception that the rules allow is an outcome, too. */
    Outcome attempt(Operation operation, Deadline within) {
        try {
            List<Outcome> outcomes = store.apply(List.of(operation), within);
            if (outcomes.size() != 1) {
                throw new AssertionError("S9.1: one operation has one outcome, but there were " + outcomes);
            }
            return outcomes.get(0);
        } catch (StoreException e) {
            return new Failed(e.certainty(), e);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "S7.1: trouble is Failed or a StoreException, but of " + operation + " came " + e, e);
        }
    }

    private Outcome working(Operation operation) {
        Outcome outcome = attempt(operation, Deadline.after(deadline));
        if (outcome instanceof Failed failed) {
            throw new AssertionError(
                    "nothing was broken, but " + operation + " failed within " + deadline + ": " + failed,
                    failed.cause());
        }
        return outcome;
    }
}
