package dev.ratelimit.cache;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a cache cannot return a value: the loader has failed, or the caller could not wait for it, and the cache
 * has no other value that may be used.
 *
 * <p>The cause is the loader's exception, if it threw one.
 */
public final class LoadFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The reason why there is no value. */
    public enum Reason {
        /** The loader has failed. */
        FAILED,
        /** The load has taken longer than its deadline. */
        DEADLINE,
        /** Too many loads are running and waiting, so the cache refused this one. */
        REFUSED,
        /** The caller's patience has ended; the load goes on. */
        IMPATIENT,
        /** The caller's thread was interrupted, and still is marked so; the load goes on. */
        INTERRUPTED,
        /** The cache has no suitable answer, and the caller allows no load: {@link ReadOptions#onlyIfCached()}. */
        NOT_CACHED,
        /**
         * The loader asks for the key that it is loading, directly or through other loads, so it would wait for itself.
         */
        CIRCULAR,
        /** The cache was closed. */
        CLOSED
    }

    /** Why there is no value. */
    private final Reason reason;

    /** The state that says where the failure came from. */
    private final CacheState state;

    LoadFailedException(Reason reason, CacheState state, @Nullable Throwable cause) {
        super(message(reason, state, cause), cause);
        this.reason = reason;
        this.state = state;
    }

    private static String message(Reason reason, CacheState state, @Nullable Throwable cause) {
        String text = switch (reason) {
            case FAILED -> "the load has failed";
            case DEADLINE -> "the load has taken longer than its deadline";
            case REFUSED -> "too many loads are under way and waiting";
            case IMPATIENT -> "the caller has not waited for the end of the load";
            case INTERRUPTED -> "the caller was interrupted while waiting for the load";
            case NOT_CACHED -> "the cache has no answer that suits, and is to load none";
            case CIRCULAR -> "the loader asks the cache for what it is about to load, so it would wait for itself";
            case CLOSED -> "the cache was closed";
        };
        return text + " (" + state + ")" + (cause == null ? "" : ": " + text(cause));
    }

    /** The text of a loader's exception. Its {@code toString()} may throw; that must not hide the exception itself. */
    private static String text(Throwable cause) {
        try {
            return cause.toString();
        } catch (RuntimeException | Error e) {
            return cause.getClass().getName();
        }
    }

    /**
     * Returns why there is no value.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns where the failure came from: {@link CacheState#NEGATIVE} if it was remembered.
     *
     * @return the state
     */
    public CacheState state() {
        return state;
    }
}
