package dev.ratelimit.cache;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response cache keeps what a backend has answered, so that it need not be asked again.
 *
 * <pre>{@code
 * ResponseCache<Product> products = ResponseCache.<Product>builder("products")
 *         .freshFor(Duration.ofMinutes(1))
 *         .staleIfError(Duration.ofMinutes(10))
 *         .build();
 *
 * Product product = products.get(CacheKey.of(Scope.shared(), id), () -> backend.product(id)).value();
 * }</pre>
 *
 * <p><b>Loading.</b> A value that is not there is loaded once, however many callers ask for it meanwhile. A loader is called on a
 * thread of the cache's executor, never on the caller's, but for the one case that the cache itself has failed. So a
 * caller may give up, by his patience or by an interrupt, and the load goes on for the others; and a load that goes on
 * beyond its deadline is interrupted, and does not hold up anybody any more. A loader must not ask the same cache for its
 * own key: it would wait for itself, to the deadline.
 *
 * <p><b>Failures.</b> A load that fails is a {@link LoadFailedException}, unless a stale value may be used. What goes wrong in the
 * cache itself, as in a function that it was given, fails no request.
 *
 * <p><b>Values</b> are shared by all who get them, so they should be immutable. They are never null.
 *
 * <p><b>Invalidation</b> holds for loads that are under way, too: their results go to those who wait for them, and are not kept.
 *
 * <p>Thread-safe. Waiting parks the thread, so that a virtual one gives up its carrier.
 *
 * @param <V> the type of the values
 */
public final class ResponseCache<V> {

    private final String name;
    private final LatestReading time;
    private final Counters counters = new Counters();
    private final Reports reports;
    private final Store<V> store;
    private final Loads<V> loads;
    private final Reads<V> reads;

    ResponseCache(CacheSettings<V> settings) {
        this.name = settings.name();
        this.time = new LatestReading(settings.time());
        this.reports = new Reports(settings.name(), settings.listener(), counters);
        this.store = new Store<>(settings, time, counters);
        this.loads = new Loads<>(settings, store, time, counters, reports);
        this.reads = new Reads<>(settings, store, loads, time, counters);
    }

    /**
     * Begins a cache with the default settings.
     *
     * @param name the name of the cache, for statistics and listeners
     * @param <V> the type of the values
     * @return what builds it
     */
    public static <V> ResponseCacheBuilder<V> builder(String name) {
        return new ResponseCacheBuilder<>(name);
    }

    /**
     * Returns the name of this cache.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the value of a key, from the cache or by the loader.
     *
     * @param key the key
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     */
    public Cached<V> get(CacheKey key, Callable<? extends V> loader) {
        return get(key, ReadOptions.any(), loader);
    }

    /**
     * Returns the value of a key, from the cache or by the loader.
     *
     * @param key the key
     * @param options how old the answer may be, and how long to wait for it
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     */
    public Cached<V> get(CacheKey key, ReadOptions options, Callable<? extends V> loader) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(loader, "loader");
        try {
            long now = time.now();
            Slot<V> slot = store.look(key, now);
            if (slot instanceof Slot.Entry<V> entry && entry.isFresh(now) && entry.age(now) <= options.maxAgeNanos()) {
                counters.hits.increment();
                return entry.answer(now, CacheState.HIT);
            }
            return load(key, slot, now, options, loader);
        } catch (LoadFailedException e) {
            throw e;
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
            return pastTheCache(loader);
        }
    }

    private Cached<V> load(
            CacheKey key, @Nullable Slot<V> slot, long now, ReadOptions options, Callable<? extends V> loader) {
        Callable<CompletionStage<? extends V>> call = () -> CompletableFuture.completedFuture(loader.call());
        Cached<V> answer = reads.withoutWaiting(key, slot, now, options, call);
        if (answer != null) {
            return answer;
        }
        Reads.Pending<V> pending = reads.load(key, slot, now, options, call);
        answer = reads.answer(key, pending, reads.await(pending, options), options);
        if (answer != null) {
            return answer;
        }
        Reads.Pending<V> own = reads.alone(key, call);
        return Objects.requireNonNull(reads.answer(key, own, reads.await(own, options), options));
    }

    private Cached<V> pastTheCache(Callable<? extends V> loader) {
        counters.bypasses.increment();
        counters.loads.increment();
        try {
            return new Cached<>(Objects.requireNonNull(loader.call(), "value"), 0, CacheState.BYPASS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadFailedException(LoadFailedException.Reason.INTERRUPTED, CacheState.BYPASS, e);
        } catch (Exception e) {
            counters.loadFailures.increment();
            throw new LoadFailedException(LoadFailedException.Reason.FAILED, CacheState.BYPASS, e);
        }
    }

    /**
     * Returns the value of a key without waiting, from the cache or by the loader.
     *
     * <p>Cancelling the stage cancels only it. What depends on it may run on the thread that has ended the load.
     *
     * @param key the key
     * @param loader what begins to ask the backend; called on a thread of the cache's executor. When the stage that it returns
     *     is cancelled, as it is at the load's deadline, it should cease to ask
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     */
    public CompletableFuture<Cached<V>> getAsync(
            CacheKey key, Supplier<? extends CompletionStage<? extends V>> loader) {
        return getAsync(key, ReadOptions.any(), loader);
    }

    /**
     * Returns the value of a key without waiting, from the cache or by the loader, as the shorter form does.
     *
     * @param key the key
     * @param options how old the answer may be, and how long to wait for it
     * @param loader what begins to ask the backend
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     */
    public CompletableFuture<Cached<V>> getAsync(
            CacheKey key, ReadOptions options, Supplier<? extends CompletionStage<? extends V>> loader) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(loader, "loader");
        try {
            long now = time.now();
            Slot<V> slot = store.look(key, now);
            if (slot instanceof Slot.Entry<V> entry && entry.isFresh(now) && entry.age(now) <= options.maxAgeNanos()) {
                counters.hits.increment();
                return CompletableFuture.completedFuture(entry.answer(now, CacheState.HIT));
            }
            return loadAsync(key, slot, now, options, () -> Objects.requireNonNull(loader.get(), "the loader's stage"));
        } catch (LoadFailedException e) {
            return CompletableFuture.failedFuture(e);
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
            return pastTheCacheAsync(loader);
        }
    }

    private CompletableFuture<Cached<V>> loadAsync(
            CacheKey key,
            @Nullable Slot<V> slot,
            long now,
            ReadOptions options,
            Callable<CompletionStage<? extends V>> call) {
        Cached<V> ready = reads.withoutWaiting(key, slot, now, options, call);
        if (ready != null) {
            return CompletableFuture.completedFuture(ready);
        }
        Reads.Pending<V> pending = reads.load(key, slot, now, options, call);
        return unwrapped(reads.outcome(pending, options).thenCompose(outcome -> {
            Cached<V> answer = reads.answer(key, pending, outcome, options);
            if (answer != null) {
                return CompletableFuture.completedFuture(answer);
            }
            Reads.Pending<V> own = reads.alone(key, call);
            return reads.outcome(own, options)
                    .thenApply(ownOutcome -> Objects.requireNonNull(reads.answer(key, own, ownOutcome, options)));
        }));
    }

    private CompletableFuture<Cached<V>> pastTheCacheAsync(Supplier<? extends CompletionStage<? extends V>> loader) {
        counters.bypasses.increment();
        counters.loads.increment();
        CompletableFuture<Cached<V>> result = new CompletableFuture<>();
        try {
            loader.get().whenComplete((value, failure) -> {
                if (failure == null && value != null) {
                    result.complete(new Cached<>(value, 0, CacheState.BYPASS));
                } else {
                    failPastTheCache(result, failure);
                }
            });
        } catch (RuntimeException e) {
            failPastTheCache(result, e);
        }
        return result;
    }

    private void failPastTheCache(CompletableFuture<Cached<V>> result, @Nullable Throwable failure) {
        counters.loadFailures.increment();
        result.completeExceptionally(
                new LoadFailedException(LoadFailedException.Reason.FAILED, CacheState.BYPASS, failure));
    }

    /** What callers see is the failure itself, not in the wrapping of the stage before. */
    private static <T> CompletableFuture<T> unwrapped(CompletionStage<T> stage) {
        CompletableFuture<T> result = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
        return result;
    }

    /**
     * Returns the value of a key as far as it is in the cache and usable, without loading anything.
     *
     * @param key the key
     * @return the value, as a hit or stale; empty if there is none. It is not counted
     */
    public Optional<Cached<V>> peek(CacheKey key) {
        Objects.requireNonNull(key, "key");
        try {
            long now = time.now();
            if (store.look(key) instanceof Slot.Entry<V> entry && now - entry.keptUntil() < 0) {
                return Optional.of(entry.answer(now, entry.isFresh(now) ? CacheState.HIT : CacheState.STALE));
            }
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
        }
        return Optional.empty();
    }

    /**
     * Keeps a value as if it had been loaded now. The result of a load that is under way does not replace it.
     *
     * @param key the key
     * @param value the value
     * @return whether it was kept; if not, what was kept before is gone all the same
     */
    public boolean put(CacheKey key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        try {
            return loads.put(key, value);
        } catch (RuntimeException e) {
            reports.cacheFailed(e);
            invalidate(key);
            return false;
        }
    }

    /**
     * Forgets what is known of a key: its value, failure, or that it cannot be kept.
     *
     * @param key the key
     */
    public void invalidate(CacheKey key) {
        loads.replace(Objects.requireNonNull(key, "key"), null);
    }

    /**
     * Forgets what is known of all keys that begin with another: with its scope and all its parts. Looks at every key.
     *
     * @param prefix what the keys begin with
     */
    public void invalidatePrefix(CacheKey prefix) {
        loads.invalidate(Objects.requireNonNull(prefix, "prefix")::isPrefixOf);
    }

    /**
     * Forgets all values that have a tag. Looks at every value. As the tags of what is being loaded are not known yet, no
     * load that is under way is kept.
     *
     * @param tag the tag
     */
    public void invalidateTag(String tag) {
        loads.invalidateTag(Objects.requireNonNull(tag, "tag"));
    }

    /** Forgets everything. */
    public void invalidateAll() {
        loads.invalidate(key -> true);
    }

    /**
     * Returns what this cache has done so far, and what it holds.
     *
     * @return the figures now
     */
    public CacheStatistics statistics() {
        return counters.statistics(store.entries(), store.bytes());
    }

    @Override
    public String toString() {
        return "ResponseCache[" + name + "]";
    }
}
