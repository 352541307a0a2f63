package dev.ratelimit.cache;

import java.time.Duration;

/**
 * A cache listener receives the events of a cache: loads, removals and failures. Hits are not events;
 * {@link CacheStatistics} counts them.
 *
 * <p><b>Calls.</b> The cache calls the listener on the thread that caused the event, from many threads at once. The
 * listener should not block: the cache reports a removal while it makes room. If the listener throws, the cache counts
 * the exception, and the request is not affected. Events contain no keys.
 */
public interface CacheListener {

    /**
     * A loader has returned a value in time.
     *
     * @param cache the name of the cache
     * @param took the duration of the load, including the wait for a place
     */
    default void loaded(String cache, Duration took) {}

    /**
     * A load has failed.
     *
     * @param cache the name of the cache
     * @param failure the reason
     */
    default void loadFailed(String cache, LoadFailedException failure) {}

    /**
     * The cache has removed a value.
     *
     * @param cache the name of the cache
     * @param cause the reason
     */
    default void removed(String cache, Removal cause) {}

    /**
     * The cache itself has failed, or a function that it was built with. The request was answered nevertheless.
     *
     * @param cache the name of the cache
     * @param failure the exception
     */
    default void cacheFailed(String cache, Throwable failure) {}
}
