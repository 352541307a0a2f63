package dev.ratelimit.rate.tck;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A store that obeys the rules, in parts that broken stores override. */
class PlainRateStore implements RateStore {

    final RateBackend backend;
    private volatile boolean closed;

    PlainRateStore(RateBackend backend) {
        this.backend = backend;
    }

    @Override
    public int maxBatch() {
        return 100;
    }

    @Override
    public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
        sweep();
        List<RateOutcome> outcomes = new ArrayList<>();
        for (RateOperation operation : operations) {
            outcomes.add(outcome(operation, deadline));
        }
        return outcomes;
    }

    RateOutcome outcome(RateOperation operation, Deadline deadline) {
        if (isClosed()) {
            return failed(Certainty.NOT_APPLIED, "closed");
        }
        if (deadline.hasPassed()) {
            return late(operation);
        }
        if (backend.cut) {
            return isCutOff(operation, deadline);
        }
        return applied(operation);
    }

    boolean isClosed() {
        return closed;
    }

    RateOutcome late(RateOperation operation) {
        return failed(Certainty.NOT_APPLIED, "late");
    }

    RateOutcome isCutOff(RateOperation operation, Deadline deadline) {
        LockSupport.parkNanos(deadline.remainingNanos());
        return failed(Certainty.INDETERMINATE, "cut off");
    }

    RateOutcome applied(RateOperation operation) {
        synchronized (backend) {
            BudgetState before = state(operation);
            Step step = step(before, operation, now());
            keep(operation, step.state());
            return step.outcome();
        }
    }

    BudgetState state(RateOperation operation) {
        return backend.states.getOrDefault(key(operation), BudgetState.FULL);
    }

    void keep(RateOperation operation, BudgetState after) {
        backend.states.put(key(operation), after);
    }

    String key(RateOperation operation) {
        return operation.name();
    }

    long now() {
        return backend.nowMicros();
    }

    Step step(BudgetState before, RateOperation operation, long now) {
        return before.apply(operation, now);
    }

    void sweep() {
        synchronized (backend) {
            long now = backend.nowMicros();
            backend.states.values().removeIf(state -> state.expiresMicros() <= now);
        }
    }

    static Failed failed(Certainty certainty, String why) {
        return new Failed(certainty, new StoreException(certainty, why, null));
    }

    @Override
    public void close() {
        closed = true;
    }
}
