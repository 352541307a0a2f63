package dev.ratelimit.cache;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response cache keeps the answers of a backend, so that requests need not call the backend again.
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
 * <p><b>Loading.</b> If many callers ask for a missing value at the same time, one load serves them all. The cache
 * calls a loader on a thread of its executor. It uses the caller's thread only if the cache itself has failed. So a
 * caller may give up, by its patience or by an interrupt, and the load continues for the others. A load that overruns
 * its deadline is interrupted, and no caller waits for it any longer.
 *
 * <p><b>Nested loads.</b> A loader may ask the same cache for another key. If it does so on its own thread, before it
 * returns, the nested load shares the outer load's place of {@code maxLoads}. A loader that asks for the key that it is
 * loading, directly or through other loads, gets a {@link LoadFailedException} at once. If the loaders of two caches
 * ask each other's cache, they may hold all places of both and wait for each other until the deadline. So let loaders
 * of several caches ask in one direction only.
 *
 * <p><b>Failures.</b> A load that fails is a {@link LoadFailedException}, unless a stale value may be used. A failure
 * of the cache itself, or of a function that it was built with, fails no request.
 *
 * <p><b>Values</b> are shared by all callers that get them, so they should be immutable. They are never null.
 *
 * <p><b>Invalidation</b> includes loads in progress: the callers that wait for them get their results, but the cache
 * does not keep these.
 *
 * <p><b>Closing.</b> A cache owns no thread. Close it when it is no longer needed, so that loads and waiting callers
 * end.
 *
 * <p>Thread-safe. Waiting parks the thread, so a virtual thread releases its carrier.
 *
 * @param <V> the type of the values
 */
public final class ResponseCache<V> implements AutoCloseable {

    private static final String KEY = "key";

    private final String name;
    private final LatestReading time;
    private final Counters counters = new Counters();
    private final SafeCacheListener reports;
    private final Store<V> store;
    private final Loads<V> loads;
    private final FailSafeReads<V> reads;

    /** The same counter as in {@code counters}, so that a hit follows fewer references. */
    private final LongAdder hits = counters.hits;

    ResponseCache(CacheSettings<V> settings) {
        this(settings, Alarm.of(settings.time()));
    }

    ResponseCache(CacheSettings<V> settings, Alarm alarm) {
        this.name = settings.name();
        this.time = new LatestReading(settings.time());
        this.reports = new SafeCacheListener(settings.name(), settings.listener(), counters);
        this.store = new Store<>(settings, time, reports);
        this.loads = new Loads<>(settings, alarm, store, time, counters, reports);
        Reads<V> own = new Reads<>(store, loads, new LoadWait<>(settings, alarm, loads, time), time, counters);
        this.reads = new FailSafeReads<>(loads, own, counters, reports);
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
     * @throws IllegalStateException if the cache is closed
     */
    public Cached<V> get(CacheKey key, Callable<? extends V> loader) {
        return get(key, ReadOptions.any(), loader);
    }

    /**
     * Returns the value of a key, from the cache or by the loader.
     *
     * @param key the key
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     * @throws IllegalStateException if the cache is closed
     */
    public Cached<V> get(CacheKey key, ReadOptions options, Callable<? extends V> loader) {
        Cached<V> hit = hit(key, options);
        Objects.requireNonNull(loader, "loader");
        return hit != null ? hit : reads.await(() -> ValueLocation.of(key), options, Loader.of(loader));
    }

    /**
     * Returns the value of a key, from the cache or by a loader that may validate the value which the cache still
     * keeps.
     *
     * @param key the key
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     * @throws IllegalStateException if the cache is closed
     */
    public Cached<V> get(CacheKey key, ReadOptions options, ConditionalLoader<V> loader) {
        Cached<V> hit = hit(key, options);
        Objects.requireNonNull(loader, "loader");
        return hit != null ? hit : reads.await(() -> ValueLocation.of(key), options, Loader.of(loader));
    }

    /**
     * Returns the value of a key that varies, from the cache or by the loader.
     *
     * @param key the key, as far as it is known before an answer has come
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     * @throws IllegalStateException if the cache is closed
     */
    public Cached<V> get(VaryingKey<V> key, ReadOptions options, Callable<? extends V> loader) {
        check(key, options, loader);
        return reads.await(() -> ValueLocation.of(key), options, Loader.of(loader));
    }

    /**
     * Returns the value of a key that varies, from the cache or by a loader that may validate the value which the cache
     * still keeps for the request's variant.
     *
     * @param key the key, as far as it is known before an answer has come
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what asks the backend
     * @return the value, its age, and where it came from
     * @throws LoadFailedException if there is no value
     * @throws IllegalStateException if the cache is closed
     */
    public Cached<V> get(VaryingKey<V> key, ReadOptions options, ConditionalLoader<V> loader) {
        check(key, options, loader);
        return reads.await(() -> ValueLocation.of(key), options, Loader.of(loader));
    }

    private static void check(Object key, Object options, Object loader) {
        check(key, options);
        Objects.requireNonNull(loader, "loader");
    }

    private static void check(Object key, Object options) {
        Objects.requireNonNull(key, KEY);
        Objects.requireNonNull(options, "options");
    }

    /** Returns a hit; null for none. A failure in here occurs again on the way to a load, where it is reported. */
    private @Nullable Cached<V> hit(CacheKey key, ReadOptions options) {
        check(key, options);
        try {
            if (store.lookQuietly(key) instanceof Slot.Entry<V> entry) {
                // After the look: at an earlier reading, a value that was never fresh is still to become stale.
                long now = time.unnoted();
                store.wasRead(key, now);
                if (entry.isHit(options, now)) {
                    hits.increment();
                    return new Cached<>(entry, now, CacheState.HIT, true);
                }
            }
            return null;
        } catch (RuntimeException | Error e) {
            return null;
        }
    }

    /**
     * Returns the value of a key without waiting, from the cache or by the loader.
     *
     * <p>Cancelling the stage does not cancel the load. Dependent stages may run on the thread that has ended the load.
     *
     * @param key the key
     * @param loader begins the call of the backend, on a thread of the cache's executor. The cache cancels the stage
     *     that it returns at the load's deadline; the call of the backend should then end
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     * @throws IllegalStateException if the cache is closed
     */
    public CompletionStage<Cached<V>> getAsync(CacheKey key, Supplier<? extends CompletionStage<? extends V>> loader) {
        return getAsync(key, ReadOptions.any(), loader);
    }

    /**
     * Returns the value of a key without waiting, from the cache or by the loader, as the shorter form does.
     *
     * @param key the key
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what begins to ask the backend
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     * @throws IllegalStateException if the cache is closed
     */
    public CompletionStage<Cached<V>> getAsync(
            CacheKey key, ReadOptions options, Supplier<? extends CompletionStage<? extends V>> loader) {
        Cached<V> hit = hit(key, options);
        Objects.requireNonNull(loader, "loader");
        return hit != null
                ? CompletableFuture.completedFuture(hit)
                : reads.begin(() -> ValueLocation.of(key), options, Loader.ofStage(loader));
    }

    /**
     * Returns the value of a key without waiting, from the cache or by a loader that may validate the value which the
     * cache still keeps: it is given that value, or null, as a {@link ConditionalLoader} is.
     *
     * @param key the key
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what begins to ask the backend
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     * @throws IllegalStateException if the cache is closed
     */
    public CompletionStage<Cached<V>> getAsync(
            CacheKey key,
            ReadOptions options,
            Function<? super @Nullable V, ? extends CompletionStage<? extends V>> loader) {
        Cached<V> hit = hit(key, options);
        Objects.requireNonNull(loader, "loader");
        return hit != null
                ? CompletableFuture.completedFuture(hit)
                : reads.begin(() -> ValueLocation.of(key), options, Loader.ofStage(loader));
    }

    /**
     * Returns the value of a key that varies without waiting, from the cache or by the loader.
     *
     * @param key the key, as far as it is known before an answer has come
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what begins to ask the backend
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     * @throws IllegalStateException if the cache is closed
     */
    public CompletionStage<Cached<V>> getAsync(
            VaryingKey<V> key, ReadOptions options, Supplier<? extends CompletionStage<? extends V>> loader) {
        check(key, options, loader);
        return reads.begin(() -> ValueLocation.of(key), options, Loader.ofStage(loader));
    }

    /**
     * Returns the value of a key that varies without waiting, from the cache or by a loader that may validate the value
     * which the cache still keeps for the request's variant: it is given that value, or null, as a
     * {@link ConditionalLoader} is.
     *
     * @param key the key, as far as it is known before an answer has come
     * @param options how old the answer may be, how long to wait for it, and what to do with a load
     * @param loader what begins to ask the backend
     * @return the value, its age, and where it came from; or a {@link LoadFailedException}
     * @throws IllegalStateException if the cache is closed
     */
    public CompletionStage<Cached<V>> getAsync(
            VaryingKey<V> key,
            ReadOptions options,
            Function<? super @Nullable V, ? extends CompletionStage<? extends V>> loader) {
        check(key, options, loader);
        return reads.begin(() -> ValueLocation.of(key), options, Loader.ofStage(loader));
    }

    /**
     * Returns the value of a key as far as it is in the cache and usable, without loading anything. A value that it
     * returns counts in the statistics as a hit or a stale hit.
     *
     * @param key the key
     * @return the value, as a hit or stale; empty if there is none
     * @throws IllegalStateException if the cache is closed
     */
    public Optional<Cached<V>> peek(CacheKey key) {
        return peek(key, ReadOptions.any());
    }

    /**
     * Returns the value of a key as far as it is in the cache and suits the options, without loading anything. A value
     * that it returns counts in the statistics as a hit or a stale hit. If a caller calls {@link #get} when there is no
     * value, it should ask here only for values that it uses, for example by {@link ReadOptions#maxStale}. Then each
     * request counts once.
     *
     * @param key the key
     * @param options how old and how stale the value may be; what they say of loads is not asked
     * @return the value, as a hit or stale; empty if there is none
     * @throws IllegalStateException if the cache is closed
     */
    public Optional<Cached<V>> peek(CacheKey key, ReadOptions options) {
        check(key, options);
        return reads.peek(() -> ValueLocation.of(key), options);
    }

    /**
     * Returns the value of a key that varies as far as it is in the cache and usable, without loading anything. A value
     * that it returns counts in the statistics as a hit or a stale hit.
     *
     * @param key the key, as far as it is known before an answer has come
     * @return the value, as a hit or stale; empty if there is none
     * @throws IllegalStateException if the cache is closed
     */
    public Optional<Cached<V>> peek(VaryingKey<V> key) {
        return peek(key, ReadOptions.any());
    }

    /**
     * Returns the value of a key that varies as far as it is in the cache and suits the options, without loading
     * anything, as {@link #peek(CacheKey, ReadOptions)} does.
     *
     * @param key the key, as far as it is known before an answer has come
     * @param options how old and how stale the value may be; what they say of loads is not asked
     * @return the value, as a hit or stale; empty if there is none
     * @throws IllegalStateException if the cache is closed
     */
    public Optional<Cached<V>> peek(VaryingKey<V> key, ReadOptions options) {
        check(key, options);
        return reads.peek(() -> ValueLocation.of(key), options);
    }

    /**
     * Keeps a value as if it had been loaded now. The result of a load in progress does not replace it. A value whose
     * freshness is {@link Freshness#error()} changes nothing.
     *
     * @param key the key
     * @param value the value
     * @return whether it was kept; a value that is not kept and is no error still removes the previous value
     * @throws IllegalStateException if the cache is closed
     */
    public boolean put(CacheKey key, V value) {
        Objects.requireNonNull(key, KEY);
        Objects.requireNonNull(value, "value");
        loads.requireOpen();
        try {
            return loads.put(key, value);
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
            invalidate(key);
            return false;
        }
    }

    /**
     * Removes everything known of a key: its value, its remembered failure, or the memory that it is not cacheable.
     *
     * @param key the key
     * @throws IllegalStateException if the cache is closed
     */
    public void invalidate(CacheKey key) {
        Objects.requireNonNull(key, KEY);
        loads.requireOpen();
        loads.invalidate(key);
    }

    /**
     * Removes everything known of all keys that have a prefix: its scope and all its parts. Reads every key.
     *
     * @param prefix the prefix of the keys
     * @throws IllegalStateException if the cache is closed
     */
    public void invalidatePrefix(CacheKey prefix) {
        loads.requireOpen();
        loads.invalidate(Objects.requireNonNull(prefix, "prefix")::isPrefixOf);
    }

    /**
     * Removes all values that have a tag. Reads every value. The tags of loads in progress are not known yet, so none
     * of their results is kept.
     *
     * @param tag the tag
     * @throws IllegalStateException if the cache is closed
     */
    public void invalidateTag(String tag) {
        loads.requireOpen();
        loads.invalidateTag(Objects.requireNonNull(tag, "tag"));
    }

    /**
     * Removes everything.
     *
     * @throws IllegalStateException if the cache is closed
     */
    public void invalidateAll() {
        loads.requireOpen();
        loads.invalidate(key -> true);
    }

    /**
     * Returns the statistics of this cache. A closed cache returns its last figures.
     *
     * @return the figures now
     */
    public CacheStatistics statistics() {
        return counters.statistics(store.entries(), store.bytes());
    }

    /**
     * Closes this cache: removes everything, and ends the loads in progress. The callers that wait for them get a
     * {@link LoadFailedException} with the reason {@link LoadFailedException.Reason#CLOSED}, and the loaders are
     * interrupted, or their stages cancelled. It does not wait for the loaders to end. It does not close the executor.
     * Closing a closed cache does nothing.
     */
    @Override
    public void close() {
        loads.close();
    }

    @Override
    public String toString() {
        return "ResponseCache[" + name + "]";
    }
}
