package dev.ratelimit.core.internal.quota;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs one service's tasks one after the other, on threads that it shares with others: after each task, others have their turn.
 * Thread-safe.
 */
final class InOrder implements Executor {

    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Whether a thread runs one of them, or is about to. */
    private boolean underWay;

    InOrder(Executor threads) {
        this.threads = threads;
    }

    /** Has a task run after those before it; throws, and keeps none, if no thread can be had. */
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

    /** What a task throws is the thread's business, and keeps no other task from its turn. */
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

    /** Whether this thread is to run the next one, because no other can be had for it. */
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
