package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What runs a task after a time: a virtual source by its own time, any other by the machine's. */
interface Alarm {

    /** Has a task run once, after so many nanoseconds. */
    ScheduledTask after(long nanos, Runnable task);

    static Alarm of(TimeSource time) {
        if (time instanceof VirtualTimeSource virtual) {
            return (nanos, task) -> virtual.schedule(time.nanos() + nanos, task);
        }
        return MachineTime::after;
    }

    /** One thread looks at the clock; what is due is run by others, as it may take its time. */
    final class MachineTime {

        private static final ScheduledThreadPoolExecutor CLOCK = clock();

        private MachineTime() {}

        private static ScheduledThreadPoolExecutor clock() {
            ScheduledThreadPoolExecutor clock =
                    new ScheduledThreadPoolExecutor(1, LoadThreads.named("ratelimit-cache-deadlines"));
            clock.setRemoveOnCancelPolicy(true);
            return clock;
        }

        static ScheduledTask after(long nanos, Runnable task) {
            ScheduledFuture<?> due =
                    CLOCK.schedule(() -> LoadThreads.shared().execute(task), nanos, TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        }
    }
}
