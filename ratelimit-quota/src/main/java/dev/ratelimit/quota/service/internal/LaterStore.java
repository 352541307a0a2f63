package dev.ratelimit.quota.service.internal;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that may be down when the application starts. It is opened in the background. After a failure, a later call
 * opens it again.
 *
 * <p>A call waits for a running attempt, up to its deadline. There is one attempt at a time. A service that has stopped
 * calling the store probes it, and a probe is a call. So the store is opened without a waiting caller.
 */
public final class LaterStore implements QuotaStore {

    /** The capabilities before the store is open: none. So the service sends nothing that needs more. */
    private static final Capabilities NOT_YET = new Capabilities(false, Capabilities.AtomicGroups.NONE, 1);

    private final Supplier<? extends QuotaStore> opener;
    private final Executor executor;
    private final AtomicReference<@Nullable CompletableFuture<QuotaStore>> attempt = new AtomicReference<>();
    private volatile @Nullable QuotaStore open;
    private volatile boolean closed;

    /** Creates a store, and begins to open it. */
    public LaterStore(Supplier<? extends QuotaStore> opener) {
        this(opener, ServiceContext.oneThread("ratelimit-quota-start"));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // calls during the first attempt wait for it
    LaterStore(Supplier<? extends QuotaStore> opener, Executor executor) {
        this.opener = opener;
        this.executor = executor;
        begin();
    }

    /** Returns whether the capabilities are those of the opened store. */
    boolean isOpen() {
        return open != null;
    }

    @Override
    public Capabilities capabilities() {
        QuotaStore store = open;
        return store == null ? NOT_YET : store.capabilities();
    }

    @Override
    public Duration defaultDeadline() {
        QuotaStore store = open;
        return store == null ? QuotaStore.super.defaultDeadline() : store.defaultDeadline();
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        QuotaStore store = open;
        return (store == null ? opened(deadline) : store).apply(operations, deadline);
    }

    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        QuotaStore store = open;
        return (store == null ? opened(deadline) : store).list(query, deadline);
    }

    private QuotaStore opened(Deadline deadline) {
        if (closed) {
            throw notApplied("the store is closed", null);
        }
        try {
            return begin().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw notApplied("the store is not open yet", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw notApplied("the store could not be opened: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notApplied("the thread was interrupted before the store was open", e);
        }
    }

    private static StoreException notApplied(String message, @Nullable Throwable cause) {
        return new StoreException(Certainty.NOT_APPLIED, message, cause);
    }

    /** Returns the running attempt, or begins a new one. */
    private CompletableFuture<QuotaStore> begin() {
        CompletableFuture<QuotaStore> mine = new CompletableFuture<>();
        CompletableFuture<QuotaStore> other = attempt.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        try {
            executor.execute(() -> open(mine));
        } catch (RuntimeException | Error e) {
            failed(mine, e);
        }
        return mine;
    }

    /**
     * Opens the store with the class loader of the application. Code that the opener calls, such as the drivers of a
     * database, may need it.
     */
    @SuppressWarnings("CatchingUnchecked") // calls that wait must get any failure of the opener
    private void open(CompletableFuture<QuotaStore> mine) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(opener.getClass().getClassLoader());
            QuotaStore store = opener.get();
            if (store == null) {
                throw new IllegalStateException("the supplier of the store returned null");
            }
            open = store;
            if (closed) {
                store.close();
            }
            mine.complete(store);
        } catch (Throwable e) {
            failed(mine, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void failed(CompletableFuture<QuotaStore> mine, Throwable cause) {
        attempt.set(null);
        mine.completeExceptionally(cause);
    }

    @Override
    public void close() {
        closed = true;
        QuotaStore store = open;
        if (store != null) {
            store.close();
        }
    }

    @Override
    public String toString() {
        return "QuotaStore[" + (open == null ? "not open yet" : open) + "]";
    }
}
