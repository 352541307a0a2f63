package dev.ratelimit.quota.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.Certainty;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

/** How far a call has come: what its caller may say of it when leaving. Between two threads. */
final class Progress {

    private enum Phase {
        /** Nothing that counts has been sent. */
        OPEN,
        /** What counts has been sent, and may be done. */
        SENT,
        /** The caller has gone, and nothing more is sent. */
        LEFT
    }

    /**
     * Where something comes from.
     *
     * @param <T> what
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

    /** Whether the call waits for a connection, or has got none. */
    boolean isTakingConnection() {
        return takingConnection;
    }

    /** How long the call has waited for a connection so far, of the time since it began. */
    long nanosWithoutConnection() {
        return (takingConnection ? time.nanos() : connectedAt) - begin;
    }

    /** How long the call has taken so far. */
    long nanos() {
        return time.nanos() - begin;
    }

    /** Says that what counts is sent next. Throws if the caller has gone, who took it that nothing was counted. */
    void send() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.SENT)) {
            throw Calls.late();
        }
    }

    /** Says that what was sent did nothing. */
    void undone() {
        phase.compareAndSet(Phase.SENT, Phase.OPEN);
    }

    /** Ends the call for its caller, and says what that may know. */
    Certainty leave() {
        return phase.getAndSet(Phase.LEFT) == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }

    /** What is known while the caller waits. */
    Certainty certainty() {
        return phase.get() == Phase.SENT ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED;
    }
}
