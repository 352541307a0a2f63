package dev.ratelimit.core.internal.waiting;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a caller who departs when its turn comes, unless it gives up before.
 *
 * <p><b>Who decides.</b> A {@link CompletableFuture} is completed once; whatever does it decides. {@link #depart} is the departure.
 * Any other completion before it is a <i>withdrawal</i>, because the caller no longer waits: {@code cancel},
 * {@code completeExceptionally} (which {@code orTimeout} calls), {@code complete} ({@code completeOnTimeout}),
 * {@code completeAsync}, {@code obtrudeValue} and {@code obtrudeException}. A withdrawal runs {@code onWithdrawal}, once, before
 * the call that completed it returns and after what depends on the future. After the departure none of them withdraws
 * anything; the obtruding ones change what is read from the future, as they always do.
 *
 * <p>This is a subclass so that the very future which callers hold tells it; what is derived from it ({@code thenApply}) is a
 * plain future, and cancelling that withdraws nothing, as everywhere.
 *
 * @param <T> the type of the value
 */
public final class Departure<T extends @Nullable Object> extends CompletableFuture<T> {

    private final Runnable onWithdrawal;

    /**
     * Creates a future that has not departed.
     *
     * @param onWithdrawal run when it is withdrawn; short, and does not throw
     */
    public Departure(Runnable onWithdrawal) {
        this.onWithdrawal = onWithdrawal;
    }

    /**
     * Departs, unless it was withdrawn.
     *
     * @param value what the future is completed with
     * @return whether it departed by this call
     */
    public boolean depart(T value) {
        return super.complete(value);
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
            onWithdrawal.run();
        }
        return hasCompleted;
    }
}
