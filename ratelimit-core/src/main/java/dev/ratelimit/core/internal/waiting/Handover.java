package dev.ratelimit.core.internal.waiting;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A scheduled task that is passed to an executor when its instant has come.
 *
 * <p>If the executor rejects the task, because it is shut down or full, the task still runs: on the thread that offered
 * it, or on another executor. It runs once, also if an executor rejects a task that it has already run.
 */
public final class Handover implements Runnable {

    private final Executor executor;
    private final Runnable task;

    private final Executor otherwise;

    private Handover(Executor executor, Runnable task, Executor otherwise) {
        this.executor = executor;
        this.task = task;
        this.otherwise = otherwise;
    }

    /** Returns the task to schedule: the task itself, if there is no executor. */
    public static Runnable of(Runnable task, @Nullable Executor executor) {
        return executor == null ? task : of(task, executor, Runnable::run);
    }

    /** Returns the task to schedule. If the executor rejects it, {@code otherwise} runs it, which must not reject. */
    public static Runnable of(Runnable task, Executor executor, Executor otherwise) {
        return new Handover(executor, task, otherwise);
    }

    @Override
    public void run() {
        AtomicReference<@Nullable Runnable> once = new AtomicReference<>(task);
        try {
            executor.execute(() -> runOnce(once));
        } catch (Throwable e) {
            if (once.get() == null) {
                // It is the task's own exception, from an executor that runs tasks at once.
                throw e;
            }
            otherwise.execute(() -> runOnce(once));
        }
    }

    private static void runOnce(AtomicReference<@Nullable Runnable> once) {
        Runnable mine = once.getAndSet(null);
        if (mine != null) {
            mine.run();
        }
    }
}
