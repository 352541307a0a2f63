package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;

/** Having a task run at an instant, without a thread that waits for it. */
public final class Timers {

    private Timers() {}

    /**
     * Has a task of the library's own run once, when a source of time reads an instant or later, and never earlier.
     *
     * <p>A {@link VirtualTimeSource} runs the task itself; for any other source a thread of {@link TimerThread} does, which
     * has lent its role meanwhile: if the task comes to call a listener or an executor, and that takes long, it delays no
     * other for more than about a millisecond. It never waits for a thread that runs callers' code. What the task throws is
     * the business of the thread that runs it.
     *
     * @param time the source
     * @param due the instant, as a reading of the source
     * @param task the task
     * @return what cancels the task, until it runs
     */
    public static ScheduledTask schedule(TimeSource time, long due, Runnable task) {
        return time instanceof VirtualTimeSource virtual
                ? virtual.schedule(due, task)
                : TimerThread.shared().schedule(time, due, task);
    }

    /**
     * Has callers' code run once, as soon as possible. While some takes long, others of the kind run on {@link CallThreads}.
     *
     * @param time the source by which it is due now
     * @param task the task
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody cancels it
    public static void call(TimeSource time, Runnable task) {
        if (time instanceof VirtualTimeSource virtual) {
            virtual.schedule(Instants.in(time, 0), task);
        } else {
            TimeSource system = TimeSource.system();
            TimerThread.shared().call(system, Instants.in(system, 0), task);
        }
    }
}
