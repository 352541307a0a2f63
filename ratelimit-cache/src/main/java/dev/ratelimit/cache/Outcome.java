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
        ONE,
        /** The caller whose load it was: each of the others needs a load of its own. */
        EACH
    }

    /** The load has ended with a value. */
    record Loaded<V>(Slot.Entry<V> entry, long at, boolean kept, Audience audience) implements Outcome<V> {}

    /** The load has ended with a value that is a backend's error: for all who may use no stored value instead. */
    record Erred<V>(Slot.Entry<V> entry, long at) implements Outcome<V> {}

    /** The load was not begun, as something has come meanwhile: all look again. */
    record Overtaken<V>() implements Outcome<V> {}

    /** The cache itself has failed. */
    record Broken<V>(Throwable cause) implements Outcome<V> {}

    /**
     * There is no value.
     *
     * @param isAnswer whether the failure says that there is nothing any more, so that no stored value may be used instead
     */
    record Failed<V>(
            LoadFailedException.Reason reason, @Nullable Throwable cause, boolean isAnswer) implements Outcome<V> {

        Failed(LoadFailedException.Reason reason, @Nullable Throwable cause) {
            this(reason, cause, false);
        }

        LoadFailedException asException(CacheState state) {
            return new LoadFailedException(reason, state, cause);
        }
    }
}
