package dev.ratelimit.core.internal.waiting;

import dev.ratelimit.ScheduledTask;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a caller who departs at an instant, unless it gives up before.
 *
 * <p><b>Who decides.</b> A {@link CompletableFuture} is completed once; whoever does it decides. The timer's completion is
 * the departure. Any other one before it is a <i>withdrawal</i>, because the caller no longer waits: {@code cancel},
 * {@code completeExceptionally} (which {@code orTimeout} calls), {@code complete} ({@code completeOnTimeout}),
 * {@code completeAsync}, {@code obtrudeValue} and {@code obtrudeException}. A withdrawal removes the timer and runs
 * {@code onWithdrawal}, once. After the departure none of them withdraws anything; the obtruding ones change what is read
 * from the future, as they always do.
 *
 * <p>This is a subclass so that the very future which callers hold tells it, at no more than 32 bytes; what is derived
 * from it ({@code thenApply}) is a plain future, and cancelling that withdraws nothing, as everywhere.
 *
 * @param <T> the type of the value
 */
final class Departure<T extends @Nullable Object> extends CompletableFuture<T> implements Runnable {

    private final T value;
    private final Runnable onWithdrawal;
    private volatile @Nullable ScheduledTask timer;

    Departure(T value, Runnable onWithdrawal) {
        this.value = value;
        this.onWithdrawal = onWithdrawal;
    }

    /** Names the timer that calls {@link #run}. */
    void runsBy(ScheduledTask scheduled) {
        timer = scheduled;
    }

    /** Departs, unless it was withdrawn. */
    @Override
    public void run() {
        super.complete(value);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return completeExceptionally(new CancellationException()) || isCancelled();
    }

    @Override
    public boolean complete(T other) {
        return withdrawIf(super.complete(other));
    }

    @Override
    public boolean completeExceptionally(Throwable exception) {
        return withdrawIf(super.completeExceptionally(exception));
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> completeBy(supplier));
        return this;
    }

    @Override
    public void obtrudeValue(T other) {
        complete(other);
        super.obtrudeValue(other);
    }

    @Override
    public void obtrudeException(Throwable exception) {
        completeExceptionally(exception);
        super.obtrudeException(exception);
    }

    private void completeBy(Supplier<? extends T> supplier) {
        if (isDone()) {
            return;
        }
        T other;
        try {
            other = supplier.get();
        } catch (Throwable e) {
            completeExceptionally(new CompletionException(e));
            return;
        }
        complete(other);
    }

    private boolean withdrawIf(boolean hasCompleted) {
        if (hasCompleted) {
            ScheduledTask scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
            onWithdrawal.run();
        }
        return hasCompleted;
    }
}
