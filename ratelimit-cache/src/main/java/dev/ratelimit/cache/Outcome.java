package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/** What became of a load, as those who wait for it are told. */
sealed interface Outcome<V> {

    /** The load has ended with a value. */
    record Loaded<V>(V value, long ageNanos, boolean shared) implements Outcome<V> {}

    /** There is no value. */
    record Failed<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause) implements Outcome<V> {

        LoadFailedException asException(CacheState state) {
            return new LoadFailedException(reason, state, cause);
        }
    }
}
