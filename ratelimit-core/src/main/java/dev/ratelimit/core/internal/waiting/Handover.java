package dev.ratelimit.core.internal.waiting;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A task that is given to an executor when its time has come.
 *
 * <p>An executor that refuses it, because it is shut down or full, does not lose it: the task then runs on the thread that
 * offered it, or where that thread has it run. It runs once, also if an executor refuses what it has already run.
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

    /** The task as it is to be scheduled: itself, if there is no executor. */
    public static Runnable of(Runnable task, @Nullable Executor executor) {
        return executor == null ? task : of(task, executor, Runnable::run);
    }

    /** The task as it is to be scheduled; what runs it if the executor refuses is named, and does not lose it. */
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
                // It is the task's own, from an executor that runs tasks at once.
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
