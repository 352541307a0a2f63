package dev.ratelimit.cache;

import dev.ratelimit.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a cache was built with.
 *
 * @param weigher the bytes of a value; null if the cache is not bounded by bytes
 * @param remembered the types of failures that are remembered, and for how long
 */
record CacheSettings<V>(
        String name,
        long maximumEntries,
        long maximumBytes,
        long largestEntry,
        @Nullable ToLongFunction<? super V> weigher,
        Function<? super V, Freshness> freshness,
        Duration staleWhileRevalidate,
        Duration staleIfError,
        double jitter,
        Duration firstRetry,
        Duration longestRetry,
        Map<Class<? extends Throwable>, Duration> remembered,
        Duration rememberUncacheable,
        Function<? super V, ? extends Collection<String>> tags,
        Duration loadDeadline,
        int maximumLoads,
        int maximumQueuedLoads,
        @Nullable CacheListener listener,
        Executor executor,
        TimeSource time,
        RandomGenerator random) {}
