package dev.ratelimit.testing;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.spi.QuotaStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A quota store in front of another one that fails when a test wants it to.
 *
 * <pre>{@code
 * FaultyStore store = new FaultyStore(QuotaStores.inMemory());
 * QuotaService quotas = Quotas.of(store, monthly);
 * store.next(Fault.LOSE_REPLY);
 * quotas.consume("customer");   // throws, and has been counted
 * }</pre>
 *
 * <p>Each fault is of one call; calls beyond those that are told pass through. Thread-safe.
 */
public final class FaultyStore implements QuotaStore {

    /** What goes wrong in one call. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** The call does not reach the store: {@link Certainty#NOT_APPLIED}. */
        REFUSE,
        /** The call reaches the store, and the reply is lost: {@link Certainty#INDETERMINATE}, though it was counted. */
        LOSE_REPLY,
        /** The call is lost, and nobody knows: {@link Certainty#INDETERMINATE}, though it was not counted. */
        LOSE_CALL,
        /** As {@link #LOSE_REPLY}, but said of each operation by an outcome. */
        LOSE_OUTCOMES,
        /** The store throws what it must not. */
        BREAK
    }

    private final QuotaStore store;
    private final Queue<Fault> faults = new ArrayDeque<>();
    private final AtomicInteger calls = new AtomicInteger();

    /**
     * Creates a store without faults.
     *
     * @param store the one that counts
     */
    public FaultyStore(QuotaStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Says what goes wrong in the next calls that nothing was said of.
     *
     * @param faults one for each call
     */
    public void next(Fault... faults) {
        synchronized (this.faults) {
            Collections.addAll(this.faults, faults);
        }
    }

    /**
     * Returns how often the store was called.
     *
     * @return the calls, those that failed included
     */
    public int calls() {
        return calls.get();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public Duration defaultDeadline() {
        return store.defaultDeadline();
    }

    @Override
    public boolean isLocal() {
        return store.isLocal();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        calls.incrementAndGet();
        Fault fault;
        synchronized (faults) {
            fault = faults.isEmpty() ? Fault.NONE : faults.remove();
        }
        switch (fault) {
            case REFUSE -> throw new QuotaStoreException(Certainty.NOT_APPLIED, "the call was refused", null);
            case LOSE_CALL -> throw new QuotaStoreException(Certainty.INDETERMINATE, "the call was lost", null);
            case BREAK -> throw new IllegalStateException("the store is broken");
            default -> {}
        }
        List<Outcome> outcomes = store.apply(operations, deadline);
        if (fault == Fault.NONE) {
            return outcomes;
        }
        QuotaStoreException lost = new QuotaStoreException(Certainty.INDETERMINATE, "the reply was lost", null);
        if (fault == Fault.LOSE_OUTCOMES) {
            return Collections.nCopies(operations.size(), new Outcome.Failed(Certainty.INDETERMINATE, lost));
        }
        throw lost;
    }

    @Override
    public void close() {
        store.close();
    }
}
