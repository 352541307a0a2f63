package dev.ratelimit.cache;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Response caches are several caches by their names, each with its own bounds. They are used for statistics and for
 * invalidations that apply to all caches.
 *
 * <p>Immutable and thread-safe.
 */
public final class ResponseCaches implements AutoCloseable {

    private final Map<String, ResponseCache<?>> byName = new LinkedHashMap<>();

    private ResponseCaches() {}

    /**
     * Returns caches by their names.
     *
     * @param caches the caches, each with a different name
     * @return the caches together
     * @throws IllegalArgumentException if two have the same name
     */
    public static ResponseCaches of(ResponseCache<?>... caches) {
        ResponseCaches all = new ResponseCaches();
        for (ResponseCache<?> cache : caches) {
            if (all.byName.putIfAbsent(Objects.requireNonNull(cache, "cache").name(), cache) != null) {
                throw new IllegalArgumentException(
                        "two caches are called \"" + cache.name() + "\": give each a name of its own");
            }
        }
        return all;
    }

    /**
     * Returns the names of the caches.
     *
     * @return the names, in the given order
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /**
     * Returns the statistics of each cache.
     *
     * @return the statistics by the names of the caches, in the given order
     */
    public Map<String, CacheStatistics> statistics() {
        Map<String, CacheStatistics> figures = new LinkedHashMap<>();
        byName.forEach((name, cache) -> figures.put(name, cache.statistics()));
        return Collections.unmodifiableMap(figures);
    }

    /**
     * Calls {@link ResponseCache#invalidatePrefix} on every cache.
     *
     * @param prefix the prefix of the keys
     */
    public void invalidatePrefix(CacheKey prefix) {
        forEach(cache -> cache.invalidatePrefix(prefix));
    }

    /**
     * Calls {@link ResponseCache#invalidateTag} on every cache.
     *
     * @param tag the tag
     */
    public void invalidateTag(String tag) {
        forEach(cache -> cache.invalidateTag(tag));
    }

    /** Calls {@link ResponseCache#invalidateAll} on every cache. */
    public void invalidateAll() {
        forEach(ResponseCache::invalidateAll);
    }

    /** Calls {@link ResponseCache#close} on every cache. */
    @Override
    public void close() {
        forEach(ResponseCache::close);
    }

    private void forEach(Consumer<ResponseCache<?>> action) {
        byName.values().forEach(action);
    }
}
