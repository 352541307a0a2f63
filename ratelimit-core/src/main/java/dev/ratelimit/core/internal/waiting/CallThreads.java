package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pool of daemon threads that run callers' code while some of it takes long: {@value #FEW} threads, and more if these
 * are stuck. Idle threads end.
 *
 * <p><b>Growth.</b> Code that runs here may depend on code that still waits for a thread here. So the timer thread
 * checks every {@value #PATIENCE_MILLIS} milliseconds while tasks wait. If no task has begun since the last check, it
 * adds {@value #MORE} threads. When no task waits any more, the pool adds no threads beyond {@value #FEW}.
 *
 * <p>Thread-safe.
 */
final class CallThreads {

    /**
     * The number of threads that need no check of their progress. The same number of threads may be in callers' code
     * after they have lost the role.
     */
    static final int FEW = 64;

    private static final int MORE = 16;
    private static final int PATIENCE_MILLIS = 10;
    private static final long PATIENCE_NANOS = PATIENCE_MILLIS * 1_000_000L;
    private static final TimeSource SYSTEM = TimeSource.system();

    private final TimerThread timers;
    private final ThreadPoolExecutor pool;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicBoolean isWatched = new AtomicBoolean();

    /** The number of tasks begun by the last check. Only the check reads and writes it. */
    private volatile long seen;

    CallThreads(ThreadFactory threads, long idleNanos, TimerThread timers) {
        this.timers = timers;
        pool = new ThreadPoolExecutor(
                FEW, FEW, Math.max(1, idleNanos), TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    /** Runs a timer's task on a thread of the pool; returns false if no thread could be started for it. */
    boolean run(Timer timer) {
        try {
            pool.execute(() -> {
                begun.incrementAndGet();
                LeaderLoop.runAndReport(timer);
            });
        } catch (Throwable e) {
            return false;
        }
        watch();
        return true;
    }

    /** Schedules a check if tasks wait. */
    private void watch() {
        if (!pool.getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            seen = begun.get();
            lookLater();
        }
    }

    private void lookLater() {
        boolean isSet = false;
        try {
            timers.wake(SYSTEM, Instants.in(SYSTEM, PATIENCE_NANOS), this::look);
            isSet = true;
        } finally {
            if (!isSet) {
                // The next waiting task tries again.
                isWatched.set(false);
            }
        }
    }

    private void look() {
        if (pool.getQueue().isEmpty()) {
            pool.setCorePoolSize(FEW);
            isWatched.set(false);
            watch();
            return;
        }
        long now = begun.get();
        try {
            if (now == seen) {
                grow(pool.getPoolSize() + MORE);
            }
        } finally {
            seen = now;
            lookLater();
        }
    }

    private void grow(int size) {
        pool.setMaximumPoolSize(Math.max(size, pool.getMaximumPoolSize()));
        pool.setCorePoolSize(size);
    }
}
