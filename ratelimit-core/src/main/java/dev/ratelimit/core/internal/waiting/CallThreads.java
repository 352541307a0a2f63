package dev.ratelimit.core.internal.waiting;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The daemon threads that run callers' code while some of it takes long: at most {@value #MOST}; beyond that it waits for
 * one of them. They end when idle.
 *
 * <p>Thread-safe.
 */
final class CallThreads {

    /** The most threads, and the most that may be away with the role taken from them. */
    static final int MOST = 64;

    private final ThreadPoolExecutor pool;

    CallThreads(ThreadFactory threads, long idleNanos) {
        pool = new ThreadPoolExecutor(
                MOST, MOST, Math.max(1, idleNanos), TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    /** Has a timer's task run; returns false if no thread could be started for it. */
    boolean run(Timer timer) {
        try {
            pool.execute(() -> Leading.runAndReport(timer));
            return true;
        } catch (Throwable e) {
            return false;
        }
    }
}
