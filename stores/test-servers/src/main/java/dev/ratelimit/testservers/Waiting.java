package dev.ratelimit.testservers;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for conditions in other processes. */
public final class Waiting {

    private static final long PAUSE_MILLIS = 5;

    private Waiting() {}

    /**
     * Polls a condition until it holds.
     *
     * @param patience how long to wait
     * @param condition what is waited for
     * @return whether it held in time
     */
    public static boolean until(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pause(PAUSE_MILLIS);
        }
        return true;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
