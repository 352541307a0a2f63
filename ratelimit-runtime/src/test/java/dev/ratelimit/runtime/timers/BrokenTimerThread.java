package dev.ratelimit.runtime.timers;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A broken twin of {@link TimerThread}, for tasks that are due at once: it looks at its queue, and only then says that it
 * sleeps, or ends.
 */
final class BrokenTimerThread {

    /** What it does when there is nothing to do; either way somebody may come between the look and the act. */
    enum WhenIdle {
        SLEEPS,
        ENDS
    }

    private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();
    private final WhenIdle whenIdle;
    private volatile boolean isAsleep;
    private volatile boolean isClosed;

    BrokenTimerThread(WhenIdle whenIdle) {
        this.whenIdle = whenIdle;
    }

    void schedule(Runnable task) {
        news.add(task);
        Thread thread = worker.get();
        if (thread == null) {
            Thread fresh = new Thread(this::run);
            fresh.setDaemon(true);
            if (worker.compareAndSet(null, fresh)) {
                fresh.start();
            }
        } else if (isAsleep) {
            LockSupport.unpark(thread);
        }
    }

    void close() {
        isClosed = true;
        LockSupport.unpark(worker.get());
    }

    private void run() {
        while (!isClosed) {
            Runnable task = news.poll();
            if (task != null) {
                task.run();
            } else if (whenIdle == WhenIdle.ENDS) {
                worker.set(null);
                return;
            } else {
                isAsleep = true;
                LockSupport.park(this);
                isAsleep = false;
            }
        }
    }
}
