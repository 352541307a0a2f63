package dev.ratelimit.cache;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cache.
 *
 * @param weigher the bytes of a value; null if the cache is not bounded by bytes
 * @param failures the types of failures that are remembered, and for how long
 * @param failureWeigher the bytes of a remembered failure
 * @param context from the call of a loader to the task that a load's thread runs
 */
record CacheSettings<V>(
        String name,
        long maxEntries,
        long maxBytes,
        long maxEntryBytes,
        int maxVariants,
        @Nullable ToLongFunction<? super V> weigher,
        Function<? super V, Freshness> freshness,
        Duration staleWhileRevalidate,
        Duration staleIfError,
        double jitter,
        RetryPauses retryPauses,
        RememberedFailures failures,
        ToLongFunction<Throwable> failureWeigher,
        Duration rememberUncacheable,
        Function<? super V, ? extends Collection<String>> tags,
        Duration loadDeadline,
        int maxLoads,
        int maxQueuedLoads,
        @Nullable CacheListener listener,
        Executor executor,
        UnaryOperator<Runnable> context,
        TimeSource time,
        RandomGenerator random) {}
