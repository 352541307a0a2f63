package dev.ratelimit.quota.service.internal;

import dev.ratelimit.TimeSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a service: runs the last steps on the service's own executor, after all tasks that the executor received
 * before.
 *
 * <p>Calls of a store end early on an interrupted thread, and an interrupted thread often closes the service. So this
 * class clears the interrupt, and sets it again after all steps. If the executor does not begin the steps within the
 * deadline, the calling thread runs them.
 */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger("dev.ratelimit.quota");

    private final List<Runnable> steps;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Creates a closing with steps. Each step runs even if a step before it failed. */
    Closing(Runnable... steps) {
        this.steps = List.of(steps);
    }

    /** Runs the steps, and returns when all have run. Throws nothing. */
    void run(Executor executor, long deadlineNanos) {
        boolean interrupted = Thread.interrupted();
        try {
            executor.execute(this::steps);
        } catch (RuntimeException | Error e) {
            // The executor could not start a thread.
            steps();
        }
        interrupted |= awaited(begun, deadlineNanos);
        if (begun.getCount() > 0) {
            LOG.warn("a call of the quota store does not return: the service closes without waiting for it");
            steps();
        }
        interrupted |= awaited(ended, Long.MAX_VALUE);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a latch, also while the thread is interrupted. Returns whether the thread was interrupted. */
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
            // A direct executor runs this on the closing thread, which may be interrupted between two steps.
            boolean interrupted = Thread.interrupted();
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("a quota service was closed, but one of its last steps failed", e);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        ended.countDown();
    }
}
