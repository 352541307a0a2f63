package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The daemon threads that run callers' code while some of it takes long: {@value #FEW}, and more if these are stuck.
 * They end when idle.
 *
 * <p><b>Growth.</b> Code that runs here may wait for code that waits here. So the timer thread looks every
 * {@value #PATIENCE_MILLIS} milliseconds, as long as anything waits. If nothing has begun since the last look, it adds
 * {@value #MORE} threads. When nothing waits any more, the pool adds no thread beyond the few.
 *
 * <p>Thread-safe.
 */
final class CallThreads {

    /**
     * So many threads are there without a look at how they get on; and as many may be away with the role taken from them.
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

    /** What had begun by the last look. Only the look reads and writes it. */
    private volatile long seen;

    CallThreads(ThreadFactory threads, long idleNanos, TimerThread timers) {
        this.timers = timers;
        pool = new ThreadPoolExecutor(
                FEW, FEW, Math.max(1, idleNanos), TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    /** Has a timer's task run; returns false if no thread could be started for it. */
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

    /** Sees to it that somebody looks, if anything waits. */
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
                // The next that waits tries again.
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
