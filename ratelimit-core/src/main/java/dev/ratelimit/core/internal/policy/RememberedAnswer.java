package dev.ratelimit.core.internal.policy;

/**
 * The cached answer for a key.
 *
 * @param value the value of the key
 * @param named whether the resolver has returned it, however long ago; if not, it is the default
 * @param until the reading of the time source from which the resolver must be asked again
 * @param <V> the type of the value
 */
record RememberedAnswer<V>(V value, boolean named, long until) {

    /** Returns whether the answer is fresh. For a reading from before it was cached, it is fresh, too. */
    boolean isFresh(long now) {
        return now - until < 0;
    }
}
