package dev.ratelimit;

/**
 * A scheduled task is a task that runs once, at an instant of a time source, unless it is cancelled before.
 *
 * <p>Exactly one of the two happens: the task runs, or it is cancelled. This also holds if both are tried at once.
 *
 * <p><b>Thread-safety.</b> Any thread may cancel it.
 */
public interface ScheduledTask {

    /**
     * Cancels the task, if it has not begun to run. Does not wait, and runs nothing.
     *
     * @return whether this call cancelled the task; false if it has run, is running, or was cancelled before
     */
    boolean cancel();
}
