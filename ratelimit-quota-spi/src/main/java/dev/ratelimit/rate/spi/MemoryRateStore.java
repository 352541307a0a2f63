package dev.ratelimit.rate.spi;

import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A rate store in the memory of one process: the reference of the rules.
 *
 * <p>It applies an operation under the lock of the map's bin. Each call looks at a bounded number of budgets, more than
 * it can add, and removes those that are full again.
 */
final class MemoryRateStore implements RateStore {

    /** The most budgets that are not full. */
    static final int MAX_BUDGETS = 1_000_000;

    /** How many budgets a call looks at for each operation. */
    private static final int LOOKS = 3;

    private final Map<String, BudgetState> budgets = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final int maxBudgets;
    private final ReentrantLock sweeping = new ReentrantLock();

    /** Goes around all budgets. Only the holder of the lock uses it. */
    private @Nullable Iterator<Map.Entry<String, BudgetState>> sweep;

    private volatile boolean closed;

    MemoryRateStore(InstantSource clock, int maxBudgets) {
        this.clock = clock;
        this.maxBudgets = maxBudgets;
    }

    @Override
    public int maxBatch() {
        return OneByOne.MAX_BATCH;
    }

    @Override
    public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
        List<RateOutcome> outcomes = OneByOne.apply(operations, deadline, this::outcome);
        sweep(LOOKS * operations.size());
        return outcomes;
    }

    /** Returns a long deadline: the store waits only for garbage collection, which is no reason to fail. */
    @Override
    public Duration defaultDeadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void close() {
        closed = true;
        budgets.clear();
    }

    /** Returns the number of budgets that it holds. */
    int size() {
        return budgets.size();
    }

    private RateOutcome outcome(RateOperation operation) {
        AtomicReference<@Nullable RateOutcome> outcome = new AtomicReference<>();
        budgets.compute(operation.name(), (name, kept) -> {
            if (closed) {
                return null;
            }
            long now = nowMicros();
            Step step = (kept == null ? BudgetState.FULL : kept).apply(operation, now);
            boolean keeps = step.state().expiresMicros() > now;
            if (keeps && kept == null && budgets.size() >= maxBudgets) {
                outcome.set(OneByOne.notApplied("the store holds " + maxBudgets
                        + " budgets that are not full, and no more; share the limit by a server's store"));
                return null;
            }
            outcome.set(step.outcome());
            return keeps ? step.state() : null;
        });
        RateOutcome known = outcome.get();
        return known == null ? OneByOne.notApplied("the store is closed") : known;
    }

    private long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    private void sweep(int looks) {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            long now = nowMicros();
            for (int i = 0; i < looks; i++) {
                if (sweep == null || !sweep.hasNext()) {
                    sweep = budgets.entrySet().iterator();
                    if (!sweep.hasNext()) {
                        return;
                    }
                }
                Map.Entry<String, BudgetState> entry = sweep.next();
                if (entry.getValue().expiresMicros() <= now) {
                    // Only this state: another call may have changed it.
                    budgets.remove(entry.getKey(), entry.getValue());
                }
            }
        } finally {
            sweeping.unlock();
        }
    }
}
