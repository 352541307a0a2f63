package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/** The outcome of a load for the callers that wait for it. */
sealed interface Outcome<V> {

    /** The waiting callers that may get a value. */
    enum Audience {
        /** All callers. */
        ALL,
        /** The callers that ask for the same variant. All callers ask again, with the keys of their variants. */
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

    /** The load was not begun, because the store has an answer by now. All callers look again. */
    record Overtaken<V>() implements Outcome<V> {}

    /** The cache itself has failed. */
    record Broken<V>(Throwable cause) implements Outcome<V> {}

    /**
     * There is no value.
     *
     * @param isAnswer whether the failure says that the backend no longer has a value, so that no stored value may be
     *     used
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
