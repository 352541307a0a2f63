package dev.ratelimit.cache;

import java.time.Duration;

/**
 * A cache listener is told what a cache does that costs something or goes wrong. Hits are counted only, in
 * {@link CacheStatistics}.
 *
 * <p><b>Calls.</b> On the thread that has done it, by many threads at once; it should not wait, as a removal
 * for room is told while the cache is making it. What it throws is counted, and changes nothing for the request. It is told
 * no key.
 */
public interface CacheListener {

    /**
     * Told that a loader has returned a value in time.
     *
     * @param cache the name of the cache
     * @param took how long it took, with the wait for a place
     */
    default void loaded(String cache, Duration took) {}

    /**
     * Told that a load has failed.
     *
     * @param cache the name of the cache
     * @param failure why
     */
    default void loadFailed(String cache, LoadFailedException failure) {}

    /**
     * Told that the cache does not keep a value any more.
     *
     * @param cache the name of the cache
     * @param cause why
     */
    default void removed(String cache, Removal cause) {}

    /**
     * Told that the cache itself has failed, or a function that it was given. The request was answered nevertheless.
     *
     * @param cache the name of the cache
     * @param failure what was thrown
     */
    default void cacheFailed(String cache, Throwable failure) {}
}
