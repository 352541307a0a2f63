package dev.ratelimit.core.internal.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a waiting call, which departs when its turn comes, unless its caller gives up before.
 *
 * <p><b>Decision.</b> One exchange of {@link #outcome} decides. {@link #depart} is the departure. Any other completion
 * before it is a <i>withdrawal</i>, because the caller no longer waits: {@code cancel}, {@code completeExceptionally}
 * (which {@code orTimeout} calls), {@code complete} ({@code completeOnTimeout}), {@code completeAsync},
 * {@code obtrudeValue} and {@code obtrudeException}. After the departure, none of them withdraws anything. The
 * obtruding methods still change the value that callers read, as they always do.
 *
 * <p><b>A withdrawal comes before the completion.</b> It runs {@code onWithdrawal} once, and completes the future after
 * that. So dependent stages find that the call has left the queue, and a slow one cannot keep its place occupied.
 *
 * <p>It is a subclass so that the future that callers hold detects the withdrawal. A derived future ({@code thenApply})
 * is a plain one, and cancelling it withdraws nothing, as usual.
 *
 * @param <T> the type of the value
 */
public final class Departure<T extends @Nullable Object> extends CompletableFuture<T> {

    /** The outcome of a call whose caller gave up. */
    private static final Object WITHDRAWN = new Object();

    /** The outcome of a departure with the value null. */
    private static final Object NULL = new Object();

    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Departure.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Runnable onWithdrawal;

    /** Null while the call waits; then {@link #WITHDRAWN}, or the value with which the call departs. */
    private volatile @Nullable Object outcome;

    /**
     * Creates a future that has not departed.
     *
     * @param onWithdrawal run when it is withdrawn; must be fast, and not throw
     */
    public Departure(Runnable onWithdrawal) {
        this.onWithdrawal = onWithdrawal;
    }

    /**
     * Departs, unless it was withdrawn.
     *
     * @param value the value with which the future is completed
     * @return whether it departed by this call
     */
    public boolean depart(T value) {
        if (!OUTCOME.compareAndSet(this, (Object) null, value == null ? NULL : value)) {
            return false;
        }
        super.complete(value);
        return true;
    }

    /** Returns whether its caller gave up. The withdrawal may still be under way. */
    public boolean isWithdrawn() {
        return outcome == WITHDRAWN;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return completeExceptionally(new CancellationException()) || isCancelled();
    }

    @Override
    public boolean complete(T other) {
        return withdraws(() -> super.complete(other));
    }

    @Override
    public boolean completeExceptionally(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        return withdraws(() -> super.completeExceptionally(exception));
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

    private boolean withdraws(BooleanSupplier completion) {
        if (!OUTCOME.compareAndSet(this, (Object) null, WITHDRAWN)) {
            return completesAfterOthers(completion);
        }
        boolean hasCompleted = false;
        try {
            onWithdrawal.run();
        } finally {
            hasCompleted = completion.getAsBoolean();
        }
        return hasCompleted;
    }

    /**
     * Completes the future as decided. It does not wait for a withdrawal that another thread has begun.
     */
    @SuppressWarnings("unchecked") // it is the value with which it departed
    private boolean completesAfterOthers(BooleanSupplier completion) {
        Object decided = outcome;
        if (decided == WITHDRAWN) {
            return completion.getAsBoolean();
        }
        super.complete(decided == NULL ? null : (T) decided);
        return false;
    }
}
