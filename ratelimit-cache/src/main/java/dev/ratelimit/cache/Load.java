package dev.ratelimit.cache;

import dev.ratelimit.ScheduledTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of a loader for a key, and what those who wait for it will be told.
 *
 * <p>It is settled once: by its result, its deadline, or a refusal, whichever comes first.
 */
final class Load<V> {

    final Place<V> place;
    final CacheKey key;
    final long startedAt;

    /** Whether others may join it, so that it is known by its key. */
    final boolean joinable;

    /** Calls the loader, unless it was abandoned before; then it does nothing. */
    final FutureTask<CompletionStage<? extends V>> call;

    private final CompletableFuture<Outcome<V>> outcome = new CompletableFuture<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile boolean outdated;
    private volatile @Nullable ScheduledTask deadline;
    private volatile @Nullable CompletionStage<? extends V> stage;

    Load(Place<V> place, long startedAt, boolean joinable, Callable<CompletionStage<? extends V>> call) {
        this.place = place;
        this.key = place.key();
        this.startedAt = startedAt;
        this.joinable = joinable;
        this.call = new FutureTask<>(call);
    }

    /** Never completes exceptionally. Who cancels what depends on it, cancels only that. */
    CompletableFuture<Outcome<V>> outcome() {
        return outcome;
    }

    /** Claims the right to say what became of it; true for one caller. */
    boolean settle() {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        ScheduledTask alarm = deadline;
        if (alarm != null) {
            alarm.cancel();
        }
        return true;
    }

    boolean isSettled() {
        return settled.get();
    }

    /** What it finds is of before an invalidation: it must not be kept. */
    void outdate() {
        outdated = true;
    }

    boolean isOutdated() {
        return outdated;
    }

    void deadline(ScheduledTask alarm) {
        deadline = alarm;
        if (isSettled()) {
            alarm.cancel();
        }
    }

    /** Tells the loader that nobody wants its result: by an interrupt, or by the cancellation of its stage. */
    void abandon() {
        call.cancel(true);
        CompletionStage<? extends V> running = stage;
        if (running != null) {
            cancel(running);
        }
    }

    void running(CompletionStage<? extends V> running) {
        stage = running;
        if (isSettled()) {
            cancel(running);
        }
    }

    private static void cancel(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().cancel(true);
        } catch (RuntimeException e) {
            // A stage that cannot be cancelled runs to its end, and holds its place until then.
        }
    }
}
