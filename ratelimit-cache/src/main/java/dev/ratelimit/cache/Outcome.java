package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/** What became of a load, as those who wait for it are told. */
sealed interface Outcome<V> {

    /** Who may have a value, of those who have waited for it. */
    enum Audience {
        /** Everybody. */
        ALL,
        /** Who asks for the same variant: so all ask again, by the keys of their own. */
        VARIANT,
        /** The caller whose load it was. */
        ONE
    }

    /** The load has ended with a value. */
    record Loaded<V>(Slot.Entry<V> entry, long at, boolean kept, Audience audience) implements Outcome<V> {}

    /** The load was not begun, as something has come meanwhile: all look again. */
    record Overtaken<V>() implements Outcome<V> {}

    /** The cache itself has failed. */
    record Broken<V>(Throwable cause) implements Outcome<V> {}

    /** There is no value. */
    record Failed<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause) implements Outcome<V> {

        LoadFailedException asException(CacheState state) {
            return new LoadFailedException(reason, state, cause);
        }
    }
}
