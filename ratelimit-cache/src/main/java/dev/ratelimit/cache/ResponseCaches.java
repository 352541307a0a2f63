package dev.ratelimit.cache;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Response caches are several caches by their names, each with its own bounds: for statistics, and for what is to be
 * forgotten everywhere.
 *
 * <p>Immutable; thread-safe as the caches are.
 */
public final class ResponseCaches implements AutoCloseable {

    private final Map<String, ResponseCache<?>> byName = new LinkedHashMap<>();

    private ResponseCaches() {}

    /**
     * Returns caches by their names.
     *
     * @param caches the caches, each with a name of its own
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
     * Returns what each cache has done and holds.
     *
     * @return the figures by the names of the caches, in the given order
     */
    public Map<String, CacheStatistics> statistics() {
        Map<String, CacheStatistics> figures = new LinkedHashMap<>();
        byName.forEach((name, cache) -> figures.put(name, cache.statistics()));
        return Collections.unmodifiableMap(figures);
    }

    /**
     * Has every cache forget the keys that begin with another, as {@link ResponseCache#invalidatePrefix} does.
     *
     * @param prefix what the keys begin with
     */
    public void invalidatePrefix(CacheKey prefix) {
        forEach(cache -> cache.invalidatePrefix(prefix));
    }

    /**
     * Has every cache forget the values that have a tag, as {@link ResponseCache#invalidateTag} does.
     *
     * @param tag the tag
     */
    public void invalidateTag(String tag) {
        forEach(cache -> cache.invalidateTag(tag));
    }

    /** Has every cache forget everything. */
    public void invalidateAll() {
        forEach(ResponseCache::invalidateAll);
    }

    /** Closes every cache, as {@link ResponseCache#close} does. */
    @Override
    public void close() {
        forEach(ResponseCache::close);
    }

    private void forEach(Consumer<ResponseCache<?>> action) {
        byName.values().forEach(action);
    }
}
