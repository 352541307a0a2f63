package dev.ratelimit.core.internal.concurrency;

/**
 * Runs tasks at instants: the library's timer, or that of a test.
 *
 * <p>The tasks are short. They must run on another thread, or later on the same one, but never within {@link #at}, and
 * not while a lock is held that {@link #at} or {@link Cancellable#cancel} takes.
 */
@FunctionalInterface
public interface Wakeups {

    /** Runs a task as soon as the time source of the slots has reached an instant, and no earlier. */
    Cancellable at(long instantNanos, Runnable task);

    /** A scheduled task. */
    @FunctionalInterface
    interface Cancellable {

        /** Cancels the task. Does nothing if it has run or is running. */
        void cancel();
    }
}
