package dev.ratelimit.core.internal.quota;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/**
 * What a service takes from its process: time, threads for work that no caller waits for, chance, and pauses.
 *
 * @param time by which deadlines and pauses are measured
 * @param executor where units are given back and debts are posted, one after the other
 * @param listeners where those are called whom no caller waits for, one after the other
 * @param random from 0 to below 1
 * @param pause how a caller pauses between two calls of the store
 */
record ServiceContext(TimeSource time, Executor executor, Executor listeners, DoubleSupplier random, Pause pause) {

    /** Has the calling thread do nothing for a time. */
    @FunctionalInterface
    interface Pause {

        /** Pauses; false at once if the thread is or becomes interrupted, which it then stays. */
        boolean nanos(long nanos);
    }

    /** The system's time and chance, and threads that all services share. */
    static ServiceContext ofSystem() {
        TimeSource time = TimeSource.system();
        return new ServiceContext(
                time,
                new InOrder(SharedThreads.forWork()),
                new InOrder(SharedThreads.forListeners()),
                () -> ThreadLocalRandom.current().nextDouble(),
                nanos -> parked(time, nanos));
    }

    /** An executor with one daemon thread, which ends when it has been idle for a second. */
    static Executor oneThread(String name) {
        return new ThreadPoolExecutor(
                0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> OwnThreads.unstarted(name, task));
    }

    private static boolean parked(TimeSource time, long nanos) {
        long end = time.nanos() + nanos;
        for (long left = nanos; left > 0; left = end - time.nanos()) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(left);
        }
        return !Thread.currentThread().isInterrupted();
    }
}
