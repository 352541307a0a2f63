package dev.ratelimit.testservers;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for conditions in other processes. */
public final class Waiting {

    private static final long PAUSE_MILLIS = 5;

    private Waiting() {}

    /**
     * Polls a condition until it holds. A connection that the server ends meanwhile, as a Redis server does when it
     * becomes the master, only means that the condition does not hold yet.
     *
     * @param patience how long to wait
     * @param condition what is waited for
     * @return whether it held in time
     * @throws UncheckedIOException if the last attempt failed with it
     */
    public static boolean until(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean isLast = System.nanoTime() - end > 0;
            try {
                if (condition.getAsBoolean()) {
                    return true;
                }
            } catch (UncheckedIOException e) {
                if (isLast) {
                    throw e;
                }
            }
            if (isLast) {
                return false;
            }
            pause(PAUSE_MILLIS);
        }
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
