package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs calls on the callers' own threads if a session is kept. A {@link Watch} aborts the connection at the deadline.
 * This avoids the switch to another thread and back, which takes longer than the database needs for a row in its
 * memory. If no session is kept, a thread of the store takes a connection and does the work of the call.
 *
 * <p>A caller that is interrupted during the work notices it when the database answers, or at its deadline.
 */
final class ByCaller implements AutoCloseable {

    private static final long CLOSING_SECONDS = 2;

    private final Counting counting;
    private final Calls calls;
    private final Abandoned abandoned;
    private final Sessions sessions;
    private final Semaphore places;
    private final int most;
    private volatile boolean closed;

    ByCaller(Counting counting, Connections connections, Calls calls, Abandoned abandoned, int most) {
        this.counting = counting;
        this.abandoned = abandoned;
        this.calls = calls;
        this.sessions = new Sessions(connections);
        this.places = new Semaphore(most);
        this.most = most;
    }

    /** Counts operations. */
    List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        if (closed) {
            throw Calls.closed();
        }
        if (deadline.hasPassed()) {
            throw Calls.late();
        }
        if (!enter(deadline)) {
            throw Failures.noTurn(most);
        }
        try {
            HeldSession held = sessions.takeInHand(deadline);
            return held == null ? handOver(operations, deadline) : count(operations, held, deadline);
        } finally {
            places.release();
        }
    }

    private boolean enter(Deadline deadline) {
        try {
            // An interrupt must be found here: it would close the socket of a virtual thread.
            return places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Calls.interrupted(Certainty.NOT_APPLIED, e);
        }
    }

    private List<Outcome> handOver(List<Operation> operations, Deadline deadline) {
        return calls.call(deadline, progress -> {
            HeldSession held = progress.takeConnection(() -> sessions.take(deadline));
            try {
                return Counting.count(counting, operations, held.session(), deadline, progress);
            } finally {
                sessions.putBack(held);
            }
        });
    }

    private List<Outcome> count(List<Operation> operations, HeldSession held, Deadline deadline) {
        Progress progress = new Progress();
        Throwable failure;
        boolean ended;
        try {
            return Counting.count(counting, operations, held.session(), deadline, progress);
        } catch (SQLException | StoreException e) {
            failure = e;
        } catch (Throwable e) {
            // The state in which the driver has left the connection is unknown.
            held.session().broken();
            failure = e;
        } finally {
            ended = sessions.putBackInHand(held);
        }
        if (ended && !(failure instanceof SQLException sql && SqlStates.unanswered(sql))) {
            abandoned.left();
        }
        throw ended ? Calls.unanswered(progress.certainty(), failure) : Failures.of(failure, progress.certainty());
    }

    /** Takes no more calls, and waits briefly for those in progress. */
    @Override
    public void close() {
        closed = true;
        sessions.close();
        try {
            if (places.tryAcquire(most, CLOSING_SECONDS, TimeUnit.SECONDS)) {
                places.release(most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.endWatch();
    }
}
