package dev.ratelimit;

/**
 * A scheduled task is a task that is to run once, at an instant of a source of time, unless it is cancelled before.
 *
 * <p>Of its running and its cancellation exactly one happens, however close they come.
 *
 * <p><b>Thread-safety.</b> It may be cancelled by any thread.
 */
public interface ScheduledTask {

    /**
     * Takes the task back, if it has not begun to run. Neither waits nor runs anything.
     *
     * @return whether this call took it back; false if it has run, is running, or was taken back before
     */
    boolean cancel();
}
