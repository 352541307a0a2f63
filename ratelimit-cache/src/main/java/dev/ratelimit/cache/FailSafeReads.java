package dev.ratelimit.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Answers requests by {@link Reads}, and by {@link CacheBypass} if the cache itself fails, or a function that it was
 * built with. Such a function may also find the location of a value, so the location is a supplier here.
 */
final class FailSafeReads<V> {

    private final Loads<V> loads;
    private final Reads<V> reads;
    private final CacheBypass<V> bypass;
    private final SafeCacheListener reports;

    FailSafeReads(Loads<V> loads, Reads<V> reads, Counters counters, SafeCacheListener reports) {
        this.loads = loads;
        this.reads = reads;
        this.bypass = new CacheBypass<>(counters, reports);
        this.reports = reports;
    }

    /** Blocks the caller's thread until the answer is there, and returns it. */
    Cached<V> await(Supplier<ValueLocation<V>> location, ReadOptions options, Loader<V> loader) {
        loads.requireOpen();
        try {
            return reads.await(new Reads.Question<>(location.get(), options, loader));
        } catch (LoadFailedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            return bypass.get(e, options, loader);
        }
    }

    /** Returns a stage of the answer. */
    CompletableFuture<Cached<V>> begin(Supplier<ValueLocation<V>> location, ReadOptions options, Loader<V> loader) {
        loads.requireOpen();
        try {
            CompletableFuture<Cached<V>> answer = reads.begin(new Reads.Question<>(location.get(), options, loader));
            return bypass.unlessBroken(answer, options, loader);
        } catch (LoadFailedException e) {
            return CompletableFuture.failedFuture(e);
        } catch (RuntimeException | Error e) {
            return bypass.getAsync(e, options, loader);
        }
    }

    /** Returns the value that may be used without a load; empty for none. */
    Optional<Cached<V>> peek(Supplier<ValueLocation<V>> location, ReadOptions options) {
        loads.requireOpen();
        try {
            return Optional.ofNullable(reads.peek(location.get(), options));
        } catch (RuntimeException | Error e) {
            reports.cacheFailed(e);
            return Optional.empty();
        }
    }
}
