package dev.ratelimit.cache;

import java.util.Collection;
import java.util.List;

/**
 * A varying key is the key of a request if only the answer says on which parts of the request it depends, as HTTP does
 * with {@code Vary}.
 *
 * <p>It has a primary key, with which the cache remembers the names of these parts, and a key for each variant, by
 * which the cache keeps the answers. If a caller waits for a load by the primary key, and the load returns another
 * variant, the caller asks again by the key of its own variant.
 *
 * <p>Use a primary key either for varying keys only, or as a plain key only. Invalidating it invalidates all its
 * variants.
 *
 * <p>Several threads call its methods, which should only read.
 *
 * @param <V> the type of the values
 */
public interface VaryingKey<V> {

    /** The name of everything that has no name: a value that depends on it is not cacheable. */
    String ANYTHING = "*";

    /**
     * Returns the key of the parts on which every answer depends.
     *
     * @return the primary key
     */
    CacheKey primary();

    /**
     * Returns the key of the variant that the request asks for.
     *
     * @param names the names on which the variants depend, sorted, without duplicates, at least one
     * @return a key that has the primary key as a prefix, and that is equal for two requests only if all named parts
     *     are equal
     */
    CacheKey variant(List<String> names);

    /**
     * Returns the names on which a value depends, in addition to the primary key.
     *
     * @param value the loaded value
     * @return the names, which may include {@link #ANYTHING}; none if it is the same for all requests of the primary
     *     key
     */
    Collection<String> names(V value);
}
