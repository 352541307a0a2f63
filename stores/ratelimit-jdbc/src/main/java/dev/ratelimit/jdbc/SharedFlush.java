package dev.ratelimit.jdbc;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A flush that concurrent callers share. Callers that arrive during a flush wait for the next one, which one of them
 * does for all.
 */
final class SharedFlush {

    /** The flush itself. */
    @FunctionalInterface
    interface Flush {

        /** Does it. */
        void run() throws SQLException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private volatile long started;
    private long done;

    /** Returns after a flush that began after this call did. */
    void now(Flush flush) throws SQLException {
        long seen = started;
        lock.lock();
        try {
            if (done > seen) {
                return;
            }
            long number = started + 1;
            started = number;
            flush.run();
            done = number;
        } finally {
            lock.unlock();
        }
    }
}
