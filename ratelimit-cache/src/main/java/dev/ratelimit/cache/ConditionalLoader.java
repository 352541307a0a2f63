package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/**
 * A conditional loader asks a backend whether a value that the cache still keeps is valid, and loads a new value if
 * not.
 *
 * <pre>{@code
 * cache.get(key, ReadOptions.any(), stored -> backend.productUnless(id, stored == null ? null : stored.version()))
 * }</pre>
 *
 * <p>A cache calls it on a thread of its executor, and interrupts that thread at the load's deadline.
 *
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface ConditionalLoader<V> {

    /**
     * Returns the value: a new one, or the stored one if it is still valid, with updated metadata. The cache determines
     * the freshness of the returned value, as of any loaded value, and keeps it instead of the stored one.
     *
     * @param stored the value that the cache keeps for the key when it begins to load, fresh or not; null for none
     * @return the value, not null
     * @throws Exception if the backend cannot say; the load has failed then
     */
    V load(@Nullable V stored) throws Exception;
}
