package dev.ratelimit.cache;

import java.util.Collection;
import java.util.List;

/**
 * A varying key is that of a request whose answer may depend on more of it than can be known before an answer has come: HTTP says so
 * by {@code Vary}.
 *
 * <p>There is a primary key, by which the cache remembers the names of what the answers depend on, and the keys of variants, by which
 * it keeps them. Who waits for a load by a primary key and asks for another variant than has come, asks again, by the
 * variant's own.
 *
 * <p>A primary key is used for varying keys only, or as a plain key only. To invalidate it forgets all its variants.
 *
 * <p>Its methods are called by several threads, and should only look at what they have.
 *
 * @param <V> the type of the values
 */
public interface VaryingKey<V> {

    /** The name that stands for what nobody can name: a value that depends on it is not for the cache. */
    String ANYTHING = "*";

    /**
     * Returns the key by what is always known.
     *
     * @return the primary key
     */
    CacheKey primary();

    /**
     * Returns the key of the variant that the request asks for.
     *
     * @param names what the variants depend on, sorted, each once, at least one
     * @return a key that the primary one is a prefix of, and that is the same for two requests only if they are the same in all that is
     *     named
     */
    CacheKey variant(List<String> names);

    /**
     * Returns the names of what a value depends on, beside the primary key.
     *
     * @param value the value, as it was loaded
     * @return the names, which may include {@link #ANYTHING}; none if it is the same for all requests of the primary key
     */
    Collection<String> names(V value);
}
