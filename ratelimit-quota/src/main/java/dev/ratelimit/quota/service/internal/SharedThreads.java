package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.runtime.timers.Timers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A few daemon threads that all services of a process share, for work that no caller waits for. They end when idle.
 *
 * <p><b>Stuck work.</b> A call of a store or a listener may never return. Work that takes longer than a second is
 * stuck, and holds its thread. While other work waits, another thread takes the place of each stuck one: at most
 * {@value #MAX_STUCK} such threads.
 *
 * <p>Thread-safe.
 */
final class SharedThreads implements Executor {

    /** The number of threads while none is stuck. */
    static final int FEW = 4;

    /** The maximum number of additional threads, each for one that is stuck. */
    static final int MAX_STUCK = 60;

    static final long PATIENCE_NANOS = 1_000_000_000;

    /** A task that runs. */
    private record Running(long sinceNanos, Thread thread) {}

    private final TimeSource time;
    private final ThreadPoolExecutor pool;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();

    SharedThreads(TimeSource time, ThreadFactory threads) {
        this.time = time;
        this.pool = new ThreadPoolExecutor(FEW, FEW, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    private SharedThreads(String name) {
        this(TimeSource.system(), OwnThreads.named(name));
    }

    /** Returns the threads that give units back and post owed units. */
    static SharedThreads forWork() {
        return Shared.WORK;
    }

    /** Returns the threads that probe stores. */
    static SharedThreads forProbes() {
        return Shared.PROBES;
    }

    /** Returns the threads that call listeners. */
    static SharedThreads forListeners() {
        return Shared.LISTENERS;
    }

    /** Runs a task. Throws an {@link Error} if it needs a thread and none can be started. */
    @Override
    public void execute(Runnable task) {
        pool.execute(() -> run(task));
        if (!pool.getQueue().isEmpty() && watched.compareAndSet(false, true)) {
            lookLater();
        }
    }

    private void run(Runnable task) {
        Running mine = new Running(time.nanos(), Thread.currentThread());
        running.add(mine);
        try {
            task.run();
        } finally {
            running.remove(mine);
        }
    }

    private void lookLater() {
        boolean set = false;
        try {
            Timers.schedule(time, time.nanos() + PATIENCE_NANOS, this::look);
            set = true;
        } finally {
            if (!set) {
                // The next task that waits tries again.
                watched.set(false);
            }
        }
    }

    private void look() {
        long now = time.nanos();
        long stuck = running.stream()
                .filter(task -> now - task.sinceNanos >= PATIENCE_NANOS)
                .count();
        resize(FEW + (int) Math.min(stuck, MAX_STUCK));
        if (pool.getQueue().isEmpty()) {
            watched.set(false);
            if (pool.getQueue().isEmpty() || !watched.compareAndSet(false, true)) {
                return;
            }
        }
        lookLater();
    }

    /** Starts threads for waiting tasks, or lets some end as they become idle. */
    private void resize(int size) {
        if (size > pool.getMaximumPoolSize()) {
            pool.setMaximumPoolSize(size);
            pool.setCorePoolSize(size);
        } else {
            pool.setCorePoolSize(size);
            pool.setMaximumPoolSize(size);
        }
    }

    /** The shared threads, created on their first use. */
    private static final class Shared {
        static final SharedThreads WORK = new SharedThreads("ratelimit-quotas");
        static final SharedThreads PROBES = new SharedThreads("ratelimit-quota-probes");
        static final SharedThreads LISTENERS = new SharedThreads("ratelimit-quota-listeners");
    }
}
