package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs calls on threads of its own, so that callers can leave at their deadlines.
 *
 * <p>JDBC has no deadline for a whole call. A pool waits for a connection for any time. A driver counts its query
 * timeout in whole seconds, and its network timeout from one packet to the next. So the caller waits here for exactly
 * its time, and {@link Progress} tells its certainty when it leaves. The thread that still works for it ends by the
 * network timeout, and sends nothing more.
 *
 * <p>These threads are never interrupted, because an interrupt closes the file of an H2 database for all users.
 */
final class Calls implements AutoCloseable {

    private static final long IDLE_SECONDS = 10;
    private static final long CLOSING_SECONDS = 2;

    private final int most;
    private final ThreadPoolExecutor threads;

    /**
     * The work of a call.
     *
     * @param <T> its result
     */
    @FunctionalInterface
    interface Work<T> {

        /** Does the work, and reports its progress. */
        T run(Progress progress) throws SQLException;
    }

    Calls(int most) {
        this(most, OwnThreads.named("ratelimit-jdbc", Calls.class));
    }

    Calls(int most, ThreadFactory factory) {
        this.most = most;
        threads = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory, (task, executor) -> {
                    throw closed();
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Does the work, and waits for it until the deadline. */
    <T> T call(Deadline deadline, Work<T> work) {
        if (deadline.hasPassed()) {
            throw late();
        }
        Progress progress = new Progress();
        FutureTask<T> task = new FutureTask<>(() -> run(work, progress, deadline));
        begin(task);
        try {
            return task.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (threads.remove(task)) {
                // If the queue has room, the thread that should have taken the call did not get the processor.
                throw threads.getActiveCount() >= most ? Failures.noTurn(most) : late();
            }
            throw late(progress, unanswered(progress.leave(), e));
        } catch (InterruptedException e) {
            threads.remove(task);
            Thread.currentThread().interrupt();
            throw interrupted(progress.leave(), e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (progress.isTakingConnection() && cause instanceof SQLException) {
                throw Failures.noConnection(Duration.ofNanos(progress.nanosWithoutConnection()), cause);
            }
            StoreException failure = Failures.of(cause, progress.certainty());
            throw deadline.hasPassed() ? late(progress, failure) : failure;
        }
    }

    /** Returns the failure of a call that was not done in time. It names the pool if the pool took most of the time. */
    private static StoreException late(Progress progress, StoreException failure) {
        long waited = progress.nanosWithoutConnection();
        return failure.certainty() == Certainty.NOT_APPLIED && waited > progress.nanos() / 2
                ? Failures.noConnection(Duration.ofNanos(waited), failure)
                : failure;
    }

    private void begin(FutureTask<?> task) {
        try {
            threads.execute(task);
        } catch (Error e) {
            throw new StoreException(
                    Certainty.NOT_APPLIED, "no thread could be started for the call; the next call tries again", e);
        }
    }

    private static <T> T run(Work<T> work, Progress progress, Deadline deadline) throws SQLException {
        if (deadline.hasPassed()) {
            throw late();
        }
        return work.run(progress);
    }

    /** Returns the failure of a call whose deadline passed while it was in progress. */
    static StoreException unanswered(Certainty certainty, Throwable cause) {
        return new StoreException(certainty, "the database did not answer within the deadline", cause);
    }

    /** Returns the failure of a call whose thread was interrupted. */
    static StoreException interrupted(Certainty certainty, Throwable cause) {
        return new StoreException(certainty, "interrupted while waiting for the database", cause);
    }

    /** Returns the failure of a call whose deadline passed before anything was sent. */
    static StoreException late() {
        return new StoreException(
                Certainty.NOT_APPLIED, "the deadline passed before anything was counted; give it more time", null);
    }

    /** Returns the failure of a call after {@link #close()}. */
    static StoreException closed() {
        return new StoreException(Certainty.NOT_APPLIED, "the store is closed", null);
    }

    /** Takes no more calls, and waits briefly for those in progress. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
