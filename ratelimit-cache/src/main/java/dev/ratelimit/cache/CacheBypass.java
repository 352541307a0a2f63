package dev.ratelimit.cache;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The call of the backend when the cache itself has failed: it calls the loader as if there were no cache. */
final class CacheBypass<V> {

    private final Counters counters;
    private final SafeCacheListener reports;

    CacheBypass(Counters counters, SafeCacheListener reports) {
        this.counters = counters;
        this.reports = reports;
    }

    Cached<V> get(Throwable trouble, ReadOptions options, Loader<V> loader) {
        begin(trouble, options);
        try {
            // A blocking caller's loader was called on this thread, so its stage has ended.
            return answer(Objects.requireNonNull(
                    loader.begin(null).toCompletableFuture().join(), "value"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailedException(LoadFailedException.Reason.INTERRUPTED, CacheState.BYPASS, e);
        } catch (Exception | Error e) {
            throw failure(e);
        }
    }

    CompletableFuture<Cached<V>> getAsync(Throwable trouble, ReadOptions options, Loader<V> loader) {
        CompletableFuture<Cached<V>> result = new CompletableFuture<>();
        getAsync(trouble, options, loader, result);
        return result;
    }

    private void getAsync(
            Throwable trouble, ReadOptions options, Loader<V> loader, CompletableFuture<Cached<V>> result) {
        try {
            begin(trouble, options);
        } catch (LoadFailedException e) {
            result.completeExceptionally(e);
            return;
        }
        try {
            CompletionStage<?> unused = loader.begin(null).handle((value, failure) -> {
                boolean isThere = failure == null && value != null;
                return isThere ? result.complete(answer(value)) : result.completeExceptionally(failure(failure));
            });
        } catch (Exception | Error e) {
            result.completeExceptionally(failure(e));
        }
    }

    /**
     * Returns the same answer. If it fails for another reason than the loader, returns the loader's answer. Cancelling
     * the returned stage cancels nothing else.
     */
    CompletableFuture<Cached<V>> unlessBroken(
            CompletableFuture<Cached<V>> answer, ReadOptions options, Loader<V> loader) {
        CompletableFuture<Cached<V>> result = new CompletableFuture<>();
        CompletableFuture<?> unused = answer.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
                return;
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof LoadFailedException) {
                result.completeExceptionally(cause);
            } else {
                getAsync(cause, options, loader, result);
            }
        });
        return result;
    }

    private void begin(Throwable trouble, ReadOptions options) {
        reports.cacheFailed(trouble);
        if (options.loading() == ReadOptions.Loading.NONE) {
            counters.answered(CacheState.MISS);
            throw new LoadFailedException(LoadFailedException.Reason.NOT_CACHED, CacheState.MISS, trouble);
        }
        counters.answered(CacheState.BYPASS);
        counters.loads.increment();
    }

    private static <V> Cached<V> answer(V value) {
        return new Cached<>(Slot.Entry.passing(value, 0, 0), 0, CacheState.BYPASS, false);
    }

    private LoadFailedException failure(@Nullable Throwable cause) {
        counters.loadFailures.increment();
        return new LoadFailedException(LoadFailedException.Reason.FAILED, CacheState.BYPASS, cause);
    }
}
