package dev.ratelimit;

import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A reading of the system's time, renewed by one daemon thread about once a millisecond while somebody reads it.
 *
 * <p><b>The thread's life.</b> The first reading starts it. Once in a while it takes back the mark that readers leave; when
 * none has come back for the idle time, it says that there is no reading ({@link #NONE}) and ends. The next reader finds
 * {@code NONE}, reads the clock itself, and starts another thread. So nobody ever gets what a thread left behind.
 *
 * <p><b>Never backwards.</b> Whoever finds {@code NONE} reads the clock under the lock, and the first reading of a new thread
 * is published under it, too. So that reading is above all that were given out without a thread. Later ones come from one
 * thread only.
 *
 * <p><b>Without a thread.</b> Where the system lets no thread start, each reading is the clock's own, and a start is tried
 * again a second later.
 */
final class CoarseTime implements TimeSource {

    private static final CoarseTime SHARED =
            new CoarseTime(task -> OwnThreads.unstarted("ratelimit-coarse-time", task), 5_000_000_000L, 1_000_000_000);

    /** No reading; a clock that should read this very number is asked itself, and that is all. */
    private static final long NONE = Long.MIN_VALUE;

    private static final long STEP_NANOS = 1_000_000;

    private final ThreadFactory threads;
    private final long idleNanos;
    private final long retryNanos;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile long now = NONE;
    private volatile boolean isRead;

    /** Guarded by the lock, as are the two below. */
    private boolean hasThread;

    private boolean hasFailed;
    private long failedAt;

    /**
     * Creates one without a thread.
     *
     * @param idleNanos how long the thread stays without a reader, at least; it looks about every quarter of that
     * @param retryNanos how long after a failed start the next one is tried
     */
    CoarseTime(ThreadFactory threads, long idleNanos, long retryNanos) {
        this.threads = threads;
        this.idleNanos = idleNanos;
        this.retryNanos = retryNanos;
    }

    /** The one of this process. */
    static CoarseTime shared() {
        return SHARED;
    }

    @Override
    public long nanos() {
        long reading = now;
        if (reading == NONE) {
            return readClock();
        }
        if (!isRead) {
            isRead = true;
        }
        return reading;
    }

    @Override
    public String toString() {
        return "TimeSource.coarse()";
    }

    // Readers that find no reading

    private long readClock() {
        long reading;
        lock.lock();
        try {
            reading = now;
            if (reading != NONE) {
                return reading;
            }
            reading = System.nanoTime();
            if (hasThread || (hasFailed && reading - failedAt < retryNanos)) {
                return reading;
            }
            hasThread = true;
            isRead = true;
        } finally {
            lock.unlock();
        }
        start();
        return reading;
    }

    private void start() {
        try {
            threads.newThread(this::renew).start();
        } catch (Throwable e) {
            lock.lock();
            try {
                hasThread = false;
                hasFailed = true;
                failedAt = System.nanoTime();
            } finally {
                lock.unlock();
            }
        }
    }

    // The thread

    private void renew() {
        try {
            begin();
            long readAt = System.nanoTime();
            long lookedAt = readAt;
            long reading = readAt;
            while (isRead || reading - readAt < idleNanos) {
                if (reading - lookedAt >= idleNanos / 4) {
                    lookedAt = reading;
                    if (isRead) {
                        isRead = false;
                        readAt = reading;
                    }
                }
                LockSupport.parkNanos(this, STEP_NANOS);
                // An interrupt would make every later park return at once; nobody has a reason to send one.
                Thread.interrupted();
                reading = System.nanoTime();
                now = reading;
            }
        } finally {
            end();
        }
    }

    private void begin() {
        lock.lock();
        try {
            hasFailed = false;
            now = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            hasThread = false;
            now = NONE;
        } finally {
            lock.unlock();
        }
    }
}
