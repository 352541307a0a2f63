package dev.ratelimit.core.internal.concurrency;

/**
 * What runs a task at an instant: the library's timer, or a test's.
 *
 * <p>The tasks are short. They must run on a thread other than the caller's, or later on the same one, but never
 * within {@link #at}, and not while a lock is held that {@link #at} or {@link Cancellable#cancel} takes.
 */
@FunctionalInterface
public interface Wakeups {

    /** Runs a task as soon as the time source of the slots has reached an instant, and no earlier. */
    Cancellable at(long instantNanos, Runnable task);

    /** A task that is to run. */
    @FunctionalInterface
    interface Cancellable {

        /** Lets go of the task; one that has run, or is running, is left alone. */
        void cancel();
    }
}
