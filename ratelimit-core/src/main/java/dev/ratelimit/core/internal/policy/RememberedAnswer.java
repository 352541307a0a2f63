package dev.ratelimit.core.internal.policy;

/**
 * What is remembered of a key.
 *
 * @param value what it has
 * @param named whether the resolver has named it, however long ago; if not, it is the default
 * @param until the reading of the time from which on the resolver is to be asked
 * @param <V> the type of what it has
 */
record RememberedAnswer<V>(V value, boolean named, long until) {

    /** A reading that was taken before this was remembered finds it fresh, too. */
    boolean isFresh(long now) {
        return now - until < 0;
    }
}
