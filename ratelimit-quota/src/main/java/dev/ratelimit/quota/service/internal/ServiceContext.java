package dev.ratelimit.quota.service.internal;

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
 * The time, the threads, the random numbers and the pauses that a service takes from its process.
 *
 * @param time the time source for deadlines and pauses
 * @param executor gives units back, posts owed units, and does other work that no caller waits for: one task after the
 *     other
 * @param listeners calls the listeners that no caller waits for: one call after the other
 * @param random returns numbers from 0 to below 1
 * @param pause pauses a caller between two calls of the store
 */
record ServiceContext(TimeSource time, Executor executor, Executor listeners, DoubleSupplier random, Pause pause) {

    /** Pauses the calling thread. */
    @FunctionalInterface
    interface Pause {

        /**
         * Pauses for a time. Returns false at once if the thread is or becomes interrupted. The thread stays
         * interrupted.
         */
        boolean nanos(long nanos);
    }

    /** Returns the system's time and random numbers, and threads that all services share. */
    static ServiceContext ofSystem() {
        TimeSource time = TimeSource.system();
        return new ServiceContext(
                time,
                new InOrder(SharedThreads.forWork()),
                new InOrder(SharedThreads.forListeners()),
                () -> ThreadLocalRandom.current().nextDouble(),
                nanos -> parked(time, nanos));
    }

    /** Returns an executor with one daemon thread, which ends when it has been idle for a second. */
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
