package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.runtime.timers.Timers;

/**
 * A timer that runs a task after a time. A task may take long, because it may run callers' code: that delays no other
 * task.
 */
@FunctionalInterface
interface Alarm {

    /** Schedules a task to run once, after a number of nanoseconds. */
    ScheduledTask after(long nanos, Runnable task);

    /** Returns an alarm. A virtual time source runs its tasks by virtual time, any other by the system's time. */
    static Alarm of(TimeSource time) {
        TimeSource clock = time instanceof VirtualTimeSource ? time : TimeSource.system();
        return (nanos, task) -> Timers.schedule(clock, clock.nanos() + nanos, task);
    }
}
