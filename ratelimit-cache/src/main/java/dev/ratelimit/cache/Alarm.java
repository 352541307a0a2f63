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

/**
 * A timer that runs a task after a time. A virtual time source runs it by virtual time, any other by the machine's
 * time.
 */
interface Alarm {

    /** Schedules a task to run once, after a number of nanoseconds. */
    ScheduledTask after(long nanos, Runnable task);

    static Alarm of(TimeSource time) {
        if (time instanceof VirtualTimeSource virtual) {
            return (nanos, task) -> virtual.schedule(time.nanos() + nanos, task);
        }
        return MachineTime.SHARED;
    }

    /**
     * A timer on the machine's time. One thread watches the clock while tasks are pending. Other threads run the tasks
     * that are due, because a task may take long.
     *
     * <p>If the watching thread cannot be started, the caller that schedules a task gets the error. If no thread can be
     * started for a due task, the watching thread runs the task itself, so no task is lost.
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
            // The thread comes first: without one, a task that was already added would stay in the queue.
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
