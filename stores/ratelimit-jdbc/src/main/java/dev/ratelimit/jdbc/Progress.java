package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.TimeSource;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The progress of a call, shared by its two threads. It determines the certainty that the caller gets when it leaves.
 */
final class Progress {

    private enum Phase {
        /** No statement that counts has been sent. */
        OPEN,
        /** A statement that counts has been sent, and may have been executed. */
        SENT,
        /** The caller has left, and nothing more is sent. */
        LEFT
    }

    /**
     * A source of something.
     *
     * @param <T> the type of the thing
     */
    @FunctionalInterface
    interface Source<T> {

        /** Takes it. */
        T take() throws SQLException;
    }

    private final TimeSource time = TimeSource.system();
    private final long begin = time.nanos();
    private volatile boolean takingConnection;
    private volatile long connectedAt = begin;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

    /** Takes a connection, which may take as long as a pool likes. */
    <T> T takeConnection(Source<T> source) throws SQLException {
        takingConnection = true;
        T taken = source.take();
        connectedAt = time.nanos();
        takingConnection = false;
        return taken;
    }

    /** Whether the call waits for a connection, or got none. */
    boolean isTakingConnection() {
        return takingConnection;
    }

    /** The time that the call has waited for a connection so far. */
    long nanosWithoutConnection() {
        return (takingConnection ? time.nanos() : connectedAt) - begin;
    }

    /** The time since the call began. */
    long nanos() {
        return time.nanos() - begin;
    }

    /**
     * Records that a statement that counts is sent next. Throws if the caller has left, because the caller was told
     * that nothing was counted.
     */
    void send() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.SENT)) {
            throw Calls.late();
        }
    }

    /** Records that the sent statement changed nothing. */
    void undone() {
        phase.compareAndSet(Phase.SENT, Phase.OPEN);
    }

    /** Ends the call for its caller, and returns the certainty. */
    Certainty leave() {
        return phase.getAndSet(Phase.LEFT) == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }

    /** Returns the certainty while the caller waits. */
    Certainty certainty() {
        return phase.get() == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }
}
