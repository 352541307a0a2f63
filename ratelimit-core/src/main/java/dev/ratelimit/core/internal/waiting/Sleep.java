package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for an instant with a thread, which is parked meanwhile.
 *
 * <p><b>Never early.</b> Only the source's own reading ends a wait; a thread that wakes before, for whatever reason, parks
 * again.
 *
 * <p><b>As little late as can be learned.</b> The system wakes a thread some 90 µs after the instant it asked for. A thread asks
 * for an instant so much earlier as the {@link Oversleep} was of late. Who wakes early all the same waits awake for the last
 * 10 µs, never for more: that is what being woken costs the processor, and where more threads wait than there are
 * processors, those that spin keep others from waking.
 *
 * <p><b>Virtual threads.</b> Parking holds no monitor and no native frame, so a virtual thread gives its carrier away.
 */
public final class Sleep {

    private static final TimeSource SYSTEM = TimeSource.system();
    private static final Oversleep OVERSLEEP = new Oversleep();

    private Sleep() {}

    /**
     * Waits until a source of time reads an instant or later; not at all if it does already.
     *
     * @param time the source
     * @param due the instant, as a reading of the source
     * @throws InterruptedException at once if the thread is interrupted, before or while it waits; nothing is left behind
     */
    public static void awaitUntil(TimeSource time, long due) throws InterruptedException {
        throwIfInterrupted();
        if (time instanceof VirtualTimeSource virtual) {
            awaitTask(virtual, due);
        } else if (time == SYSTEM) {
            awaitSystem(due);
        } else {
            awaitReading(time, due);
        }
    }

    private static void awaitSystem(long due) throws InterruptedException {
        for (long left = Instants.left(SYSTEM, due); left > 0; left = Instants.left(SYSTEM, due)) {
            OVERSLEEP.rest(SYSTEM, left);
            throwIfInterrupted();
        }
    }

    private static void awaitReading(TimeSource time, long due) throws InterruptedException {
        int stalls = 0;
        for (long left = Instants.left(time, due); left > 0; left = Instants.left(time, due)) {
            long nap = Nap.nanos(time, left, stalls);
            // The source is named as what the thread is blocked on, for those who read thread dumps.
            LockSupport.parkNanos(time, nap);
            throwIfInterrupted();
            stalls += nap > left ? 1 : 0;
        }
    }

    /** Looks at the time again after the task has run, because by then a test may have moved it back. */
    private static void awaitTask(VirtualTimeSource time, long due) throws InterruptedException {
        while (Instants.left(time, due) > 0) {
            Wake wake = new Wake(Thread.currentThread());
            ScheduledTask task = time.schedule(due, wake);
            while (!wake.hasRun) {
                LockSupport.park(time);
                if (Thread.interrupted()) {
                    task.cancel();
                    throw new InterruptedException();
                }
            }
        }
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Wakes a thread that may be woken by others, too, and so asks whether this has run. */
    private static final class Wake implements Runnable {

        private final Thread thread;
        private volatile boolean hasRun;

        Wake(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            hasRun = true;
            LockSupport.unpark(thread);
        }
    }
}
