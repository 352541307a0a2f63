package dev.ratelimit.rate.spi;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.VersionedValues.Found;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A rate store over values that can be replaced if nobody else has.
 *
 * <p>It reads a value, computes, and replaces it. If another process was faster, it begins again, after a random pause
 * that doubles up to 16 ms ("full jitter"), so that callers that meet do not meet again. It stops at the deadline:
 * nothing was applied then. A replacement whose answer is lost may have been applied, and is not repeated.
 */
final class CompareAndSetStore implements RateStore {

    /** A value is kept this much longer than needed: an engine's expiry may be by another clock than its answers. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long MAX_PAUSE = TimeUnit.MILLISECONDS.toNanos(16);

    private final VersionedValues values;
    private volatile boolean closed;

    CompareAndSetStore(VersionedValues values) {
        this.values = values;
    }

    @Override
    public int maxBatch() {
        return OneByOne.MAX_BATCH;
    }

    @Override
    public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
        return OneByOne.apply(operations, deadline, operation -> outcome(operation, deadline));
    }

    @Override
    public void close() {
        closed = true;
        values.close();
    }

    private RateOutcome outcome(RateOperation operation, Deadline deadline) {
        long pause = FIRST_PAUSE;
        while (!closed) {
            Found found = read(operation.name(), deadline);
            BudgetState before = state(operation.name(), found);
            Step step = before.apply(operation, found.nowMicros());
            if (step.state().equals(before)) {
                return step.outcome();
            }
            if (deadline.hasPassed()) {
                return OneByOne.notApplied("the deadline passed before the operation was written");
            }
            if (write(operation.name(), found, step.state(), deadline)) {
                return step.outcome();
            }
            long left = deadline.remainingNanos();
            if (left <= pause) {
                return OneByOne.notApplied("the deadline passed while other processes changed the same budget;"
                        + " a hot key needs a store that computes, or a longer deadline");
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause) + 1);
            pause = Math.min(MAX_PAUSE, pause * 2);
        }
        return OneByOne.notApplied("the store is closed");
    }

    private Found read(String name, Deadline deadline) {
        try {
            return values.read(name, deadline);
        } catch (StoreException e) {
            // Whatever it says: a read has applied nothing.
            throw new StoreException(Certainty.NOT_APPLIED, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            throw new StoreException(Certainty.NOT_APPLIED, "the value of a budget cannot be read: " + e, e);
        }
    }

    private static BudgetState state(String name, Found found) {
        if (found.value() == null) {
            return BudgetState.FULL;
        }
        try {
            return BudgetState.parse(found.value());
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    Certainty.NOT_APPLIED, "the budget " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean write(String name, Found found, BudgetState after, Deadline deadline) {
        long micros = Math.max(0, after.expiresMicros() - found.nowMicros());
        Duration life = Duration.of(micros, ChronoUnit.MICROS).plus(MARGIN);
        return found.value() == null
                ? values.putIfAbsent(name, after.toText(), life, deadline)
                : values.replace(name, found, after.toText(), life, deadline);
    }
}
