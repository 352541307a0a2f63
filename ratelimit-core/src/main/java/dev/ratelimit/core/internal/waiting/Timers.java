package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Having a task run at an instant, without a thread that waits for it. */
public final class Timers {

    private Timers() {}

    /**
     * Has a task run once, when a source of time reads an instant or later, and never earlier.
     *
     * <p>A {@link VirtualTimeSource} runs the task itself; for any other source, {@link TimerThread} does. What the task throws
     * is the business of the thread that runs it.
     *
     * @param time the source
     * @param due the instant, as a reading of the source
     * @param task the task; without an executor it must be short, and must not wait
     * @param executor what runs the task; if it refuses, or if there is none, the thread that found the instant come runs it
     * @return what cancels the task, until it runs or is given to the executor
     */
    public static ScheduledTask schedule(TimeSource time, long due, Runnable task, @Nullable Executor executor) {
        Runnable handover = Handover.of(task, executor);
        return time instanceof VirtualTimeSource virtual
                ? virtual.schedule(due, handover)
                : TimerThread.shared().schedule(time, due, handover);
    }
}
