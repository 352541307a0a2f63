package dev.ratelimit.quota.service.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the tasks of one service one after the other, on threads that it shares with other services. After each task,
 * the tasks of other services have their turn. Thread-safe.
 */
final class InOrder implements Executor {

    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Whether a thread runs a task of this service, or is about to. */
    private boolean underWay;

    InOrder(Executor threads) {
        this.threads = threads;
    }

    /** Runs a task after the tasks before it. If no thread is available, it throws and does not keep the task. */
    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            if (underWay) {
                return;
            }
            underWay = true;
            boolean given = false;
            try {
                threads.execute(this::next);
                given = true;
            } finally {
                if (!given) {
                    underWay = false;
                    tasks.clear();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void next() {
        boolean goesOn = true;
        while (goesOn) {
            run(first());
            goesOn = isMine();
        }
    }

    /** Runs a task. Its exception goes to the thread's handler, and does not keep other tasks from their turn. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private Runnable first() {
        lock.lock();
        try {
            return tasks.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether this thread must run the next task, because no other thread is available. */
    private boolean isMine() {
        lock.lock();
        try {
            if (tasks.isEmpty()) {
                underWay = false;
                return false;
            }
            threads.execute(this::next);
            return false;
        } catch (RuntimeException | Error e) {
            return true;
        } finally {
            lock.unlock();
        }
    }
}
