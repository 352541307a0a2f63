package dev.ratelimit.quota.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that is there in time, and costs those who ask for it next to nothing: whoever names a time wakes it only if it would
 * sleep longer. It ends when closed.
 */
final class Watch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** Further away than any reading of the time: half of them lie ahead, as for {@link TimeSource}. */
    static final long FAR = Long.MAX_VALUE / 2;

    private final Round round;
    private final TimeSource time = TimeSource.system();
    private final Thread thread;
    private volatile long sleepsUntil;
    private volatile boolean closed;

    /** What it does when it is awake. */
    @FunctionalInterface
    interface Round {

        /** Does what is due now, and returns how many nanoseconds from then the next thing is. */
        long run(long now);
    }

    Watch(Round round) {
        this.round = round;
        this.sleepsUntil = time.nanos();
        thread = OwnThreads.unstarted("ratelimit-quota-jdbc-watch", this::watch);
        thread.start();
    }

    /** Has a round run at this time, or soon after. What it is for must be there to be seen before. */
    void by(long nanos) {
        if (nanos - sleepsUntil < 0) {
            LockSupport.unpark(thread);
        }
    }

    private void watch() {
        while (!closed) {
            long now = time.nanos();
            // Before it looks: what comes while it looks wakes it again.
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
