package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.runtime.breaker.BreakerListener;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls a store: splits operations into batches that the store takes, and repeats them where that is safe.
 *
 * <p><b>When the store is away</b>, as its {@link StoreHealth} says, the service does not call it: the operations have
 * certainly not been applied.
 *
 * <p><b>Repetition.</b> An operation is repeated if it certainly was not applied. It is also repeated if it has an id
 * and the store remembers operations, so that it counts once. No operation is repeated after the deadline.
 *
 * <p><b>A store that breaks its contract</b> throws another exception or an {@link Error}, or returns an invalid
 * answer. The service then assumes that the store may have counted.
 *
 * <p>Thread-safe.
 */
final class StoreCalls {

    private static final Duration LIST_DEADLINE = Duration.ofSeconds(30);

    private final QuotaStore store;
    private final StoreDeadline wait;
    private final StoreHealth health;
    private final Retries retries;
    private final TimeSource time;
    private final Meter meter;
    private final UUID holder = UUID.randomUUID();
    private final AtomicLong sequence = new AtomicLong();

    /** Creates calls of a store, for services that share its health. */
    StoreCalls(QuotaStore store, StoreDeadline wait, StoreHealth health, Retries retries, Meter meter) {
        this.store = store;
        this.wait = wait;
        this.health = health;
        this.retries = retries;
        this.time = retries.surroundings().time();
        this.meter = meter;
    }

    QuotaStore store() {
        return store;
    }

    /** Returns the deadline of a call that begins now. */
    Deadline deadline() {
        return Deadline.after(wait.get(), time);
    }

    /**
     * Returns the deadline of a list that begins now. No request waits for a list, and it reads far more than a request
     * does.
     */
    Deadline listDeadline() {
        Duration own = wait.get();
        return Deadline.after(own.compareTo(LIST_DEADLINE) > 0 ? own : LIST_DEADLINE, time);
    }

    /**
     * Registers a listener for the begin and the end of outages. The listener is held weakly: its owner must hold it.
     */
    void tell(BreakerListener listener) {
        health.breaker().tell(listener);
    }

    /** Returns whether the breaker permits calls of the store. */
    boolean permits() {
        return health.permits();
    }

    /** Returns the maximum number of operations in one call. */
    int maxBatch() {
        return store.capabilities().maxBatch();
    }

    /** Returns whether an operation with an id can be sent again without counting twice. */
    boolean remembers() {
        // The library's own store in memory leaves no doubt, so it need not remember operations for a retry.
        return store.capabilities().remembersOperations() && !(store instanceof MemoryStore);
    }

    /** Returns the id of a new operation; null if the operation would never be sent again. */
    @Nullable
    OperationId nextId() {
        return retries.count() > 0 && remembers() ? newId() : null;
    }

    /** Returns the id of a new operation. A store that remembers no operations ignores it. */
    OperationId newId() {
        return new OperationId(holder, sequence.incrementAndGet());
    }

    /** Returns the outcome of one operation. Never throws the exception of a store. */
    Outcome apply(Operation operation, Deadline deadline) {
        return withRetries(List.of(operation), deadline).get(0);
    }

    /** Returns one outcome for each operation. Never throws the exception of a store. */
    List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        int maxBatch = maxBatch();
        if (operations.size() <= maxBatch) {
            return withRetries(operations, deadline);
        }
        List<Outcome> outcomes = new ArrayList<>(operations.size());
        for (int from = 0; from < operations.size(); from += maxBatch) {
            int to = Math.min(operations.size(), from + maxBatch);
            outcomes.addAll(withRetries(operations.subList(from, to), deadline));
        }
        return outcomes;
    }

    /** Returns the outcomes of operations that are not groups. Throws the caller's exception if one of them failed. */
    List<Outcome.Counted> counted(List<Operation> operations) {
        List<Outcome.Counted> counted = new ArrayList<>(operations.size());
        for (Outcome outcome : apply(operations, deadline())) {
            if (outcome instanceof Outcome.Failed failed) {
                throw unavailable(failed);
            }
            counted.add((Outcome.Counted) outcome);
        }
        return counted;
    }

    private List<Outcome> withRetries(List<Operation> operations, Deadline deadline) {
        List<Outcome> outcomes = once(operations, deadline);
        for (int retry = 0; retry < retries.count(); retry++) {
            List<Integer> again = repeatable(operations, outcomes);
            if (again.isEmpty() || !health.permits() || !retries.pauseBefore(retry, deadline)) {
                break;
            }
            List<Outcome> next = once(again.stream().map(operations::get).toList(), deadline);
            outcomes = new ArrayList<>(outcomes);
            for (int i = 0; i < next.size(); i++) {
                outcomes.set(again.get(i), later(outcomes.get(again.get(i)), next.get(i)));
            }
        }
        return outcomes;
    }

    /**
     * Returns the outcome after a retry. A failed retry says nothing about the first call, which may have been applied.
     */
    private static Outcome later(Outcome first, Outcome next) {
        boolean doubtful = first instanceof Outcome.Failed failed && failed.certainty() == Certainty.INDETERMINATE;
        return doubtful && next instanceof Outcome.Failed ? first : next;
    }

    private List<Integer> repeatable(List<Operation> operations, List<Outcome> outcomes) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Failed failed
                    && (failed.certainty() == Certainty.NOT_APPLIED || (remembers() && hasId(operations.get(i))))) {
                indexes.add(i);
            }
        }
        return indexes;
    }

    private static boolean hasId(Operation operation) {
        if (operation instanceof Operation.Acquire acquire) {
            return acquire.id() != null;
        }
        if (operation instanceof Operation.Adjust adjust) {
            return adjust.id() != null;
        }
        return !(operation instanceof Operation.Group group)
                || group.acquires().stream().allMatch(acquire -> acquire.id() != null);
    }

    private List<Outcome> once(List<Operation> operations, Deadline deadline) {
        if (!health.permits()) {
            return failed(operations, Certainty.NOT_APPLIED, away());
        }
        if (deadline.hasPassed()) {
            return failed(
                    operations,
                    Certainty.NOT_APPLIED,
                    new StoreException(
                            Certainty.NOT_APPLIED, "the deadline had passed before the store was called", null));
        }
        // Reading the time twice would take longer than a call within this process.
        boolean timed = !store.isLocal();
        long begun = timed ? time.nanos() : 0;
        List<Outcome> outcomes = called(operations, deadline);
        meter.called(outcomes, timed ? time.nanos() - begun : 0);
        health.ended(outcomes, deadline);
        return outcomes;
    }

    @SuppressWarnings("CatchingUnchecked") // a store may have counted before it throws, whatever it throws
    private List<Outcome> called(List<Operation> operations, Deadline deadline) {
        try {
            List<Outcome> outcomes = store.apply(operations, deadline);
            String wrong = StoreAnswers.wrong(operations, outcomes);
            return wrong == null
                    ? outcomes
                    : failed(operations, Certainty.INDETERMINATE, new IllegalStateException(wrong));
        } catch (StoreException e) {
            return failed(operations, e.certainty(), e);
        } catch (Throwable e) {
            return failed(operations, Certainty.INDETERMINATE, e);
        }
    }

    private StoreException away() {
        Throwable cause = health.cause();
        return new StoreException(
                Certainty.NOT_APPLIED,
                "the store is not called, because it has not answered for some time"
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private static List<Outcome> failed(List<Operation> operations, Certainty certainty, Throwable cause) {
        return Collections.nCopies(operations.size(), new Outcome.Failed(certainty, cause));
    }

    /** Converts a failure to the exception for a caller. */
    static QuotaUnavailableException unavailable(Outcome.Failed failed) {
        String known = failed.certainty() == Certainty.NOT_APPLIED ? "nothing was counted" : "it may have been counted";
        return new QuotaUnavailableException(
                failed.certainty(),
                "the quota store did not answer (" + known + "): "
                        + failed.cause().getMessage(),
                failed.cause());
    }
}
