package dev.ratelimit.core.internal.concurrency;

import java.util.ArrayList;
import java.util.List;

/**
 * What a thread has to do once it no longer holds the lock of a stripe: wake those who were handed a slot, ask for a
 * wake-up, tell of slots that were taken back.
 */
final class Afterwards {

    private final List<Waiter> handed = new ArrayList<>();
    private final List<Runnable> foreign = new ArrayList<>();

    void wake(Waiter waiter) {
        handed.add(waiter);
    }

    /** Calls what is not this package's. Whatever it throws is its own: no slot, and no waiter, depends on it. */
    void call(Runnable code) {
        foreign.add(code);
    }

    void run() {
        handed.forEach(Waiter::wake);
        foreign.forEach(Afterwards::attempt);
    }

    private static void attempt(Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            Thread thread = Thread.currentThread();
            try {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            } catch (Throwable ofTheHandler) {
                // Dropped, as the JVM drops it.
            }
        }
    }
}
