package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.runtime.breaker.BreakerListener;
import dev.ratelimit.runtime.timers.Timers;
import dev.ratelimit.runtime.trouble.FirstFailure;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts owed units: has the store count the units that a service allowed without it, as soon as the store is back.
 *
 * <p>While units are owed, a task of the timer tries from time to time, on the service's own executor. The end of an
 * outage starts a try at once. On a store that remembers operations, an adjustment without an answer is sent again
 * under its id, and counts once. On any other store, a charge is sent again, which may count twice, and a refund is
 * given up.
 *
 * <p>Thread-safe; only one thread posts at a time.
 */
final class Posting implements BreakerListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit.quota");
    private static final long FIRST_PAUSE_NANOS = 100_000_000;
    private static final long MAX_PAUSE_NANOS = 2_000_000_000;

    private final OwedUnits owed;
    private final StoreCalls calls;
    private final InstantSource clock;
    private final ServiceContext surroundings;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final FirstFailure trouble =
            new FirstFailure("quotas: owed units could not be posted, and are posted again later");
    private final UUID holder = UUID.randomUUID();
    private long sequence;
    private volatile boolean closed;

    Posting(OwedUnits owed, StoreCalls calls, InstantSource clock, ServiceContext surroundings) {
        this.owed = owed;
        this.calls = calls;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    /** Schedules a posting, because units are owed now. */
    void soon() {
        if (!closed && !scheduled.get() && scheduled.compareAndSet(false, true)) {
            schedule(FIRST_PAUSE_NANOS);
        }
    }

    @Override
    public void opened(Throwable cause) {}

    @Override
    public void closed(Duration open) {
        run(this::all);
    }

    /** Posts the owed units, as far as the store answers, and logs how many counters are left. No timer tries again. */
    void close() {
        closed = true;
        owed.close();
        all();
        int left = owed.size();
        if (left > 0) {
            LOG.warn(
                    "the quota store does not answer: units allowed without it are not counted yet on {} counters,"
                            + " and are lost unless the service is closed again when the store is back",
                    left);
        }
    }

    /** Posts until nothing is owed or a call counts nothing. Waits up to the deadline for another thread that posts. */
    private void all() {
        if (!hasTurn(calls.deadline())) {
            return;
        }
        try {
            boolean sound = true;
            while (sound && calls.permits()) {
                List<Adjust> next = owed.next(calls.maxBatch(), clock.millis(), this::nextId);
                if (next.isEmpty()) {
                    return;
                }
                sound = post(next, calls.deadline());
            }
        } finally {
            turn.unlock();
        }
    }

    /**
     * Returns an id, also while the store is not open yet and cannot say whether it remembers operations; null for a
     * store in memory. The turn guards the sequence.
     */
    private @Nullable OperationId nextId() {
        return calls.store().isLocal() ? null : new OperationId(holder, ++sequence);
    }

    /** Runs a task while no thread posts. If a posting outlasts the deadline, the task runs all the same. */
    void still(Runnable task) {
        boolean mine = hasTurn(calls.deadline());
        try {
            task.run();
        } finally {
            if (mine) {
                turn.unlock();
            }
        }
    }

    private boolean hasTurn(Deadline deadline) {
        try {
            // First without a wait: an interrupt would end the wait although the turn is free.
            return turn.tryLock() || turn.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Posts adjustments. Returns false if the store has counted none of them. The store is then left alone for a while.
     */
    private boolean post(List<Adjust> adjusts, Deadline deadline) {
        List<Outcome> outcomes;
        try {
            outcomes = calls.apply(List.<Operation>copyOf(adjusts), deadline);
        } catch (RuntimeException | Error e) {
            // A store or a listener failed, perhaps after the store has counted.
            trouble.note(e);
            adjusts.forEach(owed::notTaken);
            adjusts.forEach(this::inDoubt);
            return false;
        }
        boolean any = false;
        for (int i = 0; i < outcomes.size(); i++) {
            if (!(outcomes.get(i) instanceof Outcome.Failed failed)) {
                owed.done(adjusts.get(i), clock.millis());
                any = true;
                continue;
            }
            owed.notTaken(adjusts.get(i));
            if (failed.certainty() == Certainty.INDETERMINATE) {
                inDoubt(adjusts.get(i));
            }
        }
        return any;
    }

    /**
     * Gives up a refund with an uncertain outcome, unless the store recognizes its id. The store may have given the
     * units back already, and a second refund would be too generous.
     */
    private void inDoubt(Adjust adjust) {
        if (adjust.delta() < 0 && (adjust.id() == null || !calls.remembers())) {
            owed.done(adjust, clock.millis());
        }
    }

    private void schedule(long pauseNanos) {
        Timers.schedule(
                surroundings.time(), surroundings.time().nanos() + pauseNanos, () -> run(() -> again(pauseNanos)));
    }

    /** Posts, and schedules another task while units are owed, whatever fails. */
    private void again(long pauseNanos) {
        try {
            all();
        } catch (RuntimeException | Error e) {
            trouble.note(e);
        }
        if (owed.size() > 0 && !closed) {
            schedule(Math.min(MAX_PAUSE_NANOS, 2 * pauseNanos));
            return;
        }
        scheduled.set(false);
        if (owed.size() > 0) {
            soon();
        }
    }

    private void run(Runnable task) {
        try {
            surroundings.executor().execute(task);
        } catch (Error e) {
            // The executor could not start a thread.
            task.run();
        }
    }
}
