package dev.ratelimit.runtime.timers;

import java.util.concurrent.CompletableFuture;

/** A broken twin of {@link Departure}, which looks whether it is complete, and then completes and withdraws. */
final class BrokenDeparture {

    private final CompletableFuture<String> future = new CompletableFuture<>();
    private final Runnable onWithdrawal;

    BrokenDeparture(Runnable onWithdrawal) {
        this.onWithdrawal = onWithdrawal;
    }

    void run() {
        future.complete("gone");
    }

    boolean cancel() {
        if (future.isDone()) {
            return false;
        }
        onWithdrawal.run();
        future.cancel(true);
        return true;
    }

    String read() {
        return future.isCancelled() ? "cancelled" : future.join();
    }
}
