package dev.ratelimit.testing;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A quota store that wraps another one and fails on a test's command.
 *
 * <pre>{@code
 * FaultyStore store = new FaultyStore(QuotaStores.inMemory());
 * QuotaService quotas = Quotas.of(store, monthly);
 * store.next(Fault.LOSE_REPLY);
 * quotas.consume("customer");   // throws, and has been counted
 * }</pre>
 *
 * <p>Each fault of {@link #next} applies to one call; later calls pass through. An outage applies to all calls until
 * the test ends it:
 *
 * <pre>{@code
 * store.beginOutage(Fault.REFUSE);
 * quotas.consume("customer");   // answered as WhenUnavailable says
 * store.endOutage();
 * }</pre>
 *
 * <p>It stands for a store across a network, and so {@linkplain QuotaStore#isLocal() is not local}, even if the wrapped
 * store is. Thread-safe.
 */
public final class FaultyStore implements QuotaStore {

    /** The fault of one call. */
    public enum Fault {
        /** No fault. */
        NONE,
        /** The call does not reach the store: {@link Certainty#NOT_APPLIED}. */
        REFUSE,
        /**
         * The call reaches the store, and the reply is lost: {@link Certainty#INDETERMINATE}, though it was counted.
         */
        LOSE_REPLY,
        /** The call is lost before it reaches the store: {@link Certainty#INDETERMINATE}, though it was not counted. */
        LOSE_CALL,
        /** As {@link #LOSE_REPLY}, but reported for each operation by an outcome. */
        LOSE_OUTCOMES,
        /** The store throws an exception that the contract of stores forbids. */
        BREAK
    }

    private final QuotaStore store;
    private final Queue<Fault> faults = new ArrayDeque<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final Consumer<Duration> wait;
    private volatile Fault outage = Fault.NONE;
    private volatile Duration latency = Duration.ZERO;

    /**
     * Creates a store without faults. Calling threads sleep for its {@linkplain #latency latency}.
     *
     * @param store the store that counts
     */
    public FaultyStore(QuotaStore store) {
        this(store, FaultyStore::sleep);
    }

    /**
     * Creates a store without faults.
     *
     * @param store the store that counts
     * @param wait makes a thread wait for the {@linkplain #latency latency} of a call, such as {@code time::advance} of
     *     a {@link ManualTime}
     */
    public FaultyStore(QuotaStore store, Consumer<Duration> wait) {
        this.store = Objects.requireNonNull(store, "store");
        this.wait = Objects.requireNonNull(wait, "wait");
    }

    private static void sleep(Duration wait) {
        try {
            Thread.sleep(wait.toMillis(), wait.toNanosPart() % 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes each call that begins from now on fail, until {@link #endOutage()}. Faults of {@link #next} take
     * precedence.
     *
     * @param fault the fault of each call
     */
    public void beginOutage(Fault fault) {
        outage = Objects.requireNonNull(fault, "fault");
    }

    /** Lets calls that begin from now on pass through again. */
    public void endOutage() {
        outage = Fault.NONE;
    }

    /**
     * Makes each call take a time from now on. If the deadline of a call passes before that, the call ends at its
     * deadline with {@link Certainty#INDETERMINATE}, though it was counted.
     *
     * @param latency the time of each call; zero for none
     * @throws IllegalArgumentException if it is negative
     */
    public void latency(Duration latency) {
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency must be at least zero, but was " + latency);
        }
        this.latency = latency;
    }

    /**
     * Adds faults for the next calls, after those of earlier calls of this method.
     *
     * @param faults one for each call
     */
    public void next(Fault... faults) {
        synchronized (this.faults) {
            Collections.addAll(this.faults, faults);
        }
    }

    /**
     * Returns the number of calls of this store.
     *
     * @return the number of calls, with those that failed
     */
    public int calls() {
        return calls.get();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    /** Lists counters. Faults do not apply. */
    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        return store.list(query, deadline);
    }

    @Override
    public Duration defaultDeadline() {
        return store.defaultDeadline();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        calls.incrementAndGet();
        Fault fault;
        synchronized (faults) {
            fault = faults.isEmpty() ? outage : faults.remove();
        }
        switch (fault) {
            case REFUSE -> throw new StoreException(Certainty.NOT_APPLIED, "the call was refused", null);
            case LOSE_CALL -> throw new StoreException(Certainty.INDETERMINATE, "the call was lost", null);
            case BREAK -> throw new IllegalStateException("the store is broken");
            default -> {}
        }
        Duration late = latency;
        Duration left = Duration.ofNanos(deadline.remainingNanos());
        boolean inTime = late.isZero() || late.compareTo(left) < 0;
        List<Outcome> outcomes = store.apply(operations, deadline);
        if (!late.isZero()) {
            wait.accept(inTime ? late : left);
        }
        if (!inTime) {
            throw new StoreException(Certainty.INDETERMINATE, "the deadline passed before the store answered", null);
        }
        if (fault == Fault.NONE) {
            return outcomes;
        }
        StoreException lost = new StoreException(Certainty.INDETERMINATE, "the reply was lost", null);
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
