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
 * <p><b>Stuck work.</b> Stores and listeners may not return. Work that takes longer than a second holds its thread, and while other
 * work waits, another thread takes its place: {@value #MAX_STUCK} such threads at most.
 *
 * <p>Thread-safe.
 */
final class SharedThreads implements Executor {

    /** How many threads there are where nothing is stuck. */
    static final int FEW = 4;

    /** How many threads more there may be, each for one that is stuck. */
    static final int MAX_STUCK = 60;

    static final long PATIENCE_NANOS = 1_000_000_000;

    /** Marks one task that runs. */
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

    /** Those that give units back and post what is owed. */
    static SharedThreads forWork() {
        return Shared.WORK;
    }

    /** Those that look whether stores are back. */
    static SharedThreads forProbes() {
        return Shared.PROBES;
    }

    /** Those that call listeners. */
    static SharedThreads forListeners() {
        return Shared.LISTENERS;
    }

    /** Has a task run; throws an error if it needs a thread and none can be started. */
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
                // The next that waits tries again.
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

    /** Starts threads for what waits, or lets some end as they become idle. */
    private void resize(int size) {
        if (size > pool.getMaximumPoolSize()) {
            pool.setMaximumPoolSize(size);
            pool.setCorePoolSize(size);
        } else {
            pool.setCorePoolSize(size);
            pool.setMaximumPoolSize(size);
        }
    }

    /** Made when they are first used. */
    private static final class Shared {
        static final SharedThreads WORK = new SharedThreads("ratelimit-quotas");
        static final SharedThreads PROBES = new SharedThreads("ratelimit-quota-probes");
        static final SharedThreads LISTENERS = new SharedThreads("ratelimit-quota-listeners");
    }
}
