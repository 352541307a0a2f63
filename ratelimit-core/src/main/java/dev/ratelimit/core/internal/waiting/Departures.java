package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Waiting for a reserved instant without a thread. */
public final class Departures {

    private Departures() {}

    /**
     * Returns a future that is complete when a source of time has come to an instant, or at once if it has.
     *
     * <p>Completing the future in any other way before that instant ({@code cancel}, {@code orTimeout},
     * {@code complete}) withdraws: the timer is removed, and {@code onWithdrawal} runs, once, before the call that completed
     * it returns and after what depends on the future. Departure and withdrawal never both happen, however close they
     * come. See {@link Departure}.
     *
     * <p>A departure that waits holds 72 bytes beside its slot in the {@link TimerHeap} and what it is given.
     *
     * @param time the source
     * @param due the instant, as a reading of the source
     * @param value what the future is completed with
     * @param onWithdrawal gives the reservation back; it must be short, and must not throw
     * @param executor what completes the future, and so runs what depends on it; if it refuses, or if there is none, the timer
     *     thread does, or whoever moves the time of a virtual source
     * @param <T> the type of the value
     * @return the future
     */
    public static <T extends @Nullable Object> CompletableFuture<T> at(
            TimeSource time, long due, T value, Runnable onWithdrawal, @Nullable Executor executor) {
        if (Instants.left(time, due) <= 0) {
            return CompletableFuture.completedFuture(value);
        }
        Departure<T> departure = new Departure<>(value, onWithdrawal);
        departure.runsBy(Timers.schedule(time, due, departure, executor));
        return departure;
    }
}
