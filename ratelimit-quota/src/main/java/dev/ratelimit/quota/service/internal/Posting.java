package dev.ratelimit.quota.service.internal;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.runtime.breaker.BreakerListener;
import dev.ratelimit.runtime.timers.Timers;
import dev.ratelimit.runtime.trouble.FirstFailure;
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
 * Has the store count what a service allowed without it, as soon as the store is back.
 *
 * <p>While something is owed, a task of the timer tries from time to time, on the service's own thread; the end of an outage is a
 * reason to try at once. On a store that remembers operations an adjustment that was sent without an answer comes again
 * under its id, and counts once. On any other, a charge comes again, which may count twice, and a refund is given up.
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
            new FirstFailure("quotas: what is owed could not be posted, and is tried again");
    private final UUID holder = UUID.randomUUID();
    private long sequence;
    private volatile boolean closed;

    Posting(OwedUnits owed, StoreCalls calls, InstantSource clock, ServiceContext surroundings) {
        this.owed = owed;
        this.calls = calls;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    /** Says that something is owed now. */
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

    /** Posts what is owed, as far as the store answers, and says what is left. No timer tries again. */
    void close() {
        closed = true;
        owed.close();
        all();
        int left = owed.size();
        if (left > 0) {
            LOG.warn(
                    "the quota store does not answer: what was allowed without it is not counted yet on {} counters,"
                            + " and is lost unless the service is closed again when the store is back",
                    left);
        }
    }

    /** Posts until nothing is owed or a call counts nothing; waits up to the deadline for a thread that posts already. */
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

    /** An id also while the store is not open yet, and cannot say that it remembers; the turn guards the sequence. */
    private @Nullable OperationId nextId() {
        return calls.store().isLocal() ? null : new OperationId(holder, ++sequence);
    }

    /** Runs a task while nothing is posted. A posting that outlasts the deadline does not keep it from that. */
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
            // First without a wait, which an interrupt would end though the turn is free.
            return turn.tryLock() || turn.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Posts some; false if the store has counted none of them, and is to be left alone for a while. */
    private boolean post(List<Adjust> adjusts, Deadline deadline) {
        List<Outcome> outcomes;
        try {
            outcomes = calls.apply(List.<Operation>copyOf(adjusts), deadline);
        } catch (RuntimeException | Error e) {
            // Of a store or of a listener, perhaps after the store has counted.
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

    /** Perhaps given back already: to give it back again would be generous, unless the store knows it again. */
    private void inDoubt(Adjust adjust) {
        if (adjust.delta() < 0 && (adjust.id() == null || !calls.remembers())) {
            owed.done(adjust, clock.millis());
        }
    }

    private void schedule(long pauseNanos) {
        Timers.schedule(
                surroundings.time(), surroundings.time().nanos() + pauseNanos, () -> run(() -> again(pauseNanos)));
    }

    /** Whatever goes wrong, another task follows while something is owed. */
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
            // No thread could be started for it.
            task.run();
        }
    }
}
