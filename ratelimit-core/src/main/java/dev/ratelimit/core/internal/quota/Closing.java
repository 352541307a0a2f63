package dev.ratelimit.core.internal.quota;

import dev.ratelimit.TimeSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a service: what is left to be done, on the service's own executor, after all that this was given before.
 *
 * <p>Calls of a store end early on an interrupted thread, and often it is an interrupted thread that closes. So its interrupt waits
 * until all is done. Where the executor does not come to it within the deadline, the calling thread does it.
 */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit.quota");

    private final List<Runnable> steps;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** An end by steps, each of which is taken whatever becomes of those before it. */
    Closing(Runnable... steps) {
        this.steps = List.of(steps);
    }

    /** Takes the steps, and returns when all have been taken; throws nothing. */
    void run(Executor executor, long deadlineNanos) {
        boolean interrupted = Thread.interrupted();
        try {
            executor.execute(this::steps);
        } catch (RuntimeException | Error e) {
            // No thread could be started for it.
            steps();
        }
        interrupted |= awaited(begun, deadlineNanos);
        if (begun.getCount() > 0) {
            LOG.warn("a call of the quota store does not end: the service is closed without waiting for it");
            steps();
        }
        interrupted |= awaited(ended, Long.MAX_VALUE);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits, also when it is interrupted; says whether it was. */
    private static boolean awaited(CountDownLatch latch, long nanos) {
        boolean interrupted = false;
        TimeSource time = TimeSource.system();
        long begun = time.nanos();
        while (true) {
            try {
                latch.await(nanos - (time.nanos() - begun), TimeUnit.NANOSECONDS);
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private void steps() {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        begun.countDown();
        for (Runnable step : steps) {
            // A direct executor runs this on the thread that closes, which may be interrupted between two steps.
            boolean interrupted = Thread.interrupted();
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("a quota service was closed, and not all that was left could be done", e);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        ended.countDown();
    }
}
