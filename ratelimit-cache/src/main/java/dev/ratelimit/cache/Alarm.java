package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import dev.ratelimit.internal.OwnThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** What runs a task after a time: a virtual source by its own time, any other by the machine's. */
interface Alarm {

    /** Has a task run once, after so many nanoseconds. */
    ScheduledTask after(long nanos, Runnable task);

    static Alarm of(TimeSource time) {
        if (time instanceof VirtualTimeSource virtual) {
            return (nanos, task) -> virtual.schedule(time.nanos() + nanos, task);
        }
        return MachineTime.SHARED;
    }

    /**
     * One thread looks at the clock while something is to come; what is due is run by others, as it may take its time.
     *
     * <p>Where no thread can be started to look, that is the error of the caller who asked; where none can be started to
     * run what is due, the one that looks does, so that nothing is lost.
     */
    final class MachineTime implements Alarm {

        private static final MachineTime SHARED =
                new MachineTime(OwnThreads.named("ratelimit-cache-deadlines"), LoadThreads.shared(), 10_000_000_000L);

        private final ScheduledThreadPoolExecutor clock;
        private final Executor others;

        MachineTime(ThreadFactory threads, Executor others, long idleNanos) {
            this.others = others;
            clock = new ScheduledThreadPoolExecutor(1, threads);
            clock.setRemoveOnCancelPolicy(true);
            clock.setKeepAliveTime(idleNanos, TimeUnit.NANOSECONDS);
            clock.allowCoreThreadTimeOut(true);
        }

        @Override
        public ScheduledTask after(long nanos, Runnable task) {
            // First the thread: a task that was put in and then has none would stay in.
            clock.prestartCoreThread();
            ScheduledFuture<?> due = clock.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        }

        private void run(Runnable task) {
            try {
                others.execute(task);
            } catch (Error e) {
                task.run();
            }
        }
    }
}
