package dev.ratelimit.jdbc;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.runtime.timers.Timers;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task at regular intervals, each time on a thread that ends with the task. The library's timer starts the
 * thread, so no thread of the store waits for the next round. A round is left out if the one before it still runs.
 *
 * <p>Thread-safe.
 */
final class PurgeRounds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PurgeRounds.class);

    private final TimeSource time;
    private final ThreadFactory threads;
    private final Runnable task;

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private long intervalNanos;
    private @Nullable ScheduledTask next;
    private @Nullable Thread running;
    private boolean closed;

    PurgeRounds(TimeSource time, ThreadFactory threads, Runnable task) {
        this.time = time;
        this.threads = threads;
        this.task = task;
    }

    /** Starts the rounds, the first after one interval. Throws an {@link Error} if the timer has no thread. */
    void start(Duration interval) {
        lock.lock();
        try {
            intervalNanos = TimeUnit.NANOSECONDS.convert(interval);
            scheduleNext();
        } finally {
            lock.unlock();
        }
    }

    private void scheduleNext() {
        next = Timers.schedule(time, time.nanos() + intervalNanos, this::begin);
    }

    private void begin() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            // First, so that a thread that cannot be started costs one round only.
            scheduleNext();
            if (running == null) {
                Thread thread = threads.newThread(this::run);
                thread.start();
                running = thread;
            }
        } catch (Error e) {
            LOG.warn("no thread could be started to delete counters whose time is over; the next attempt follows", e);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            task.run();
        } catch (Throwable e) {
            if (!isClosed()) {
                LOG.warn("counters whose time is over could not be deleted; the next attempt follows", e);
            }
        } finally {
            end();
        }
    }

    private void end() {
        lock.lock();
        try {
            running = null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Starts no more rounds, and interrupts the one that runs. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (next != null) {
                next.cancel();
            }
            if (running != null) {
                running.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
