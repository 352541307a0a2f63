package dev.ratelimit.core.internal.cells;

import java.util.concurrent.locks.LockSupport;

/**
 * The pause between two attempts at something that another thread prevents at this moment.
 *
 * <p>What the other thread does takes some ten nanoseconds, so this thread spins. If many attempts have failed, the
 * other thread is not running: then this one leaves it the processor for a moment.
 */
public final class Attempts {

    private static final int SPINS = 200;
    private static final long ASIDE_NANOS = 10_000;

    private Attempts() {}

    /**
     * Pauses after a failed attempt. The current thread holds no spin lock.
     *
     * @param failed the number of attempts that had failed before
     * @return the number of attempts that have failed
     */
    public static int pause(int failed) {
        int now = failed + 1;
        if (now % SPINS == 0) {
            LockSupport.parkNanos(ASIDE_NANOS);
        } else {
            Thread.onSpinWait();
        }
        return now;
    }
}
