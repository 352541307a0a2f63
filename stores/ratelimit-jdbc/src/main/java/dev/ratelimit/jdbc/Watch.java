package dev.ratelimit.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs a task at requested times. A request is cheap: it wakes the thread only if the thread would sleep
 * longer. The thread ends when the watch is closed.
 *
 * <p>The library's timer takes an object for each request, and the deadline of each call is a request. Here a request
 * is one read, because the round itself finds what is due.
 */
final class Watch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** The farthest time: half of all readings lie ahead, as for {@link TimeSource}. */
    static final long FAR = Long.MAX_VALUE / 2;

    private final Round round;
    private final TimeSource time = TimeSource.system();
    private final Thread thread;
    private volatile long sleepsUntil;
    private volatile boolean closed;

    /** The task of a watch. */
    @FunctionalInterface
    interface Round {

        /** Does the work that is due now, and returns the nanoseconds until the next work. */
        long run(long now);
    }

    Watch(Round round) {
        this.round = round;
        this.sleepsUntil = time.nanos();
        thread = OwnThreads.unstarted("ratelimit-jdbc-watch", this::watch);
        thread.start();
    }

    /**
     * Requests a round at this time, or soon after. The state that the round reads must be visible before this call.
     */
    void by(long nanos) {
        if (nanos - sleepsUntil < 0) {
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            long now = time.nanos();
            // Before the round, so that requests during the round wake the thread again.
            sleepsUntil = now + FAR;
            long left = tryRound(now);
            sleepsUntil = now + left;
            LockSupport.parkNanos(this, left - (time.nanos() - now));
        }
    }

    private long tryRound(long now) {
        try {
            return round.run(now);
        } catch (Throwable e) {
            LOG.warn("what was due could not all be done; the next attempt follows", e);
            return 1_000_000;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
