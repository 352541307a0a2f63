package dev.ratelimit;

import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A reading of the system's time, which one daemon thread renews about once a millisecond while there are readers.
 *
 * <p><b>The thread's life.</b> The first reading starts it. Readers set a mark, which the thread clears periodically.
 * If no reader sets it again within the idle time, the thread publishes {@link #NONE} and ends. The next reader finds
 * {@code NONE}, reads the clock itself, and starts another thread. So no reader ever gets an old reading of a thread
 * that has ended.
 *
 * <p><b>Never backwards.</b> A reader that finds {@code NONE} reads the clock under the lock. A new thread publishes
 * its first reading under the same lock. So this reading is not below any that was returned without a thread. All later
 * readings come from one thread.
 *
 * <p><b>Without a thread.</b> If the system cannot start a thread, each reading is the clock's own, and the next start
 * is tried a second later.
 */
final class CoarseTime implements TimeSource {

    private static final CoarseTime SHARED =
            new CoarseTime(task -> OwnThreads.unstarted("ratelimit-coarse-time", task), 5_000_000_000L, 1_000_000_000);

    /** Means "no reading". If the clock itself reads this number, readers only read the clock directly. */
    private static final long NONE = Long.MIN_VALUE;

    private static final long STEP_NANOS = 1_000_000;

    private final ThreadFactory threads;
    private final long idleNanos;
    private final long retryNanos;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile long now = NONE;
    private volatile boolean isRead;

    /** Guarded by the lock, as are the next two fields. */
    private boolean hasThread;

    private boolean hasFailed;
    private long failedAt;

    /**
     * Creates a time source that has no thread yet.
     *
     * @param idleNanos the least time that the thread lives without a reader; it checks about every quarter of that
     * @param retryNanos how long after a failed start of the thread the next start is tried
     */
    CoarseTime(ThreadFactory threads, long idleNanos, long retryNanos) {
        this.threads = threads;
        this.idleNanos = idleNanos;
        this.retryNanos = retryNanos;
    }

    /** Returns the only instance of this process. */
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

    // Called by readers that find no reading.

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
                // A pending interrupt would make every later park return at once.
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
