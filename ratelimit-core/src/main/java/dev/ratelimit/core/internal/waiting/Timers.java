package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;

/** Scheduling of tasks at an instant, without a waiting thread. */
public final class Timers {

    private Timers() {}

    /**
     * Schedules a task of the library to run once, when a time source reads an instant or later, and never earlier.
     *
     * <p>A {@link VirtualTimeSource} runs the task itself. For any other source, a thread of {@link TimerThread} runs
     * it, which has lent its role meanwhile. So if the task calls a listener or an executor, and that takes long, it
     * delays no other task by more than about a millisecond. It never waits for a thread that runs callers' code. An
     * exception of the task goes to the thread that runs it.
     *
     * @param time the source
     * @param due the instant, as a reading of the source
     * @param task the task
     * @return the handle that cancels the task, until it runs
     */
    public static ScheduledTask schedule(TimeSource time, long due, Runnable task) {
        return time instanceof VirtualTimeSource virtual
                ? virtual.schedule(due, task)
                : TimerThread.shared().schedule(time, due, task);
    }

    /**
     * Runs callers' code once, as soon as possible. While some of it takes long, other callers' code runs on
     * {@link CallThreads}.
     *
     * @param time the time source by which the task is due now
     * @param task the task
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the task is never cancelled
    public static void call(TimeSource time, Runnable task) {
        if (time instanceof VirtualTimeSource virtual) {
            virtual.schedule(Instants.in(time, 0), task);
        } else {
            TimeSource system = TimeSource.system();
            TimerThread.shared().call(system, Instants.in(system, 0), task);
        }
    }
}
