package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.testing.ManualTime;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Wake-ups that come when the time is moved on here, each at its very instant. */
final class ManualWakeups implements Wakeups {

    private record Task(long instant, long number, Runnable code) {}

    private final ManualTime time;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(this::delay).thenComparingLong(Task::number));
    private long asked;

    ManualWakeups(ManualTime time) {
        this.time = time;
    }

    @Override
    public synchronized Cancellable at(long instantNanos, Runnable code) {
        Task task = new Task(instantNanos, asked++, code);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    long now() {
        return time.nanos();
    }

    /** How many are to come. */
    synchronized int pending() {
        return tasks.size();
    }

    /** How many were ever asked for. */
    synchronized long asked() {
        return asked;
    }

    /** Moves the time on by nanoseconds, and runs what is due on the way; called by one thread at a time. */
    void advanceNanos(long nanos) {
        long target = time.nanos() + nanos;
        Task next = nextUntil(target);
        while (next != null) {
            if (next.instant() - time.nanos() > 0) {
                time.set(next.instant());
            }
            next.code().run();
            next = nextUntil(target);
        }
        time.set(target);
    }

    private synchronized @Nullable Task nextUntil(long target) {
        Task next = tasks.peek();
        return next != null && next.instant() - target <= 0 ? tasks.poll() : null;
    }

    private long delay(Task task) {
        return task.instant() - time.nanos();
    }
}
