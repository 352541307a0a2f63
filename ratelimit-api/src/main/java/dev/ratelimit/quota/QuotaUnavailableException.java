package dev.ratelimit.quota;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown where a quota cannot be counted, because its store is in trouble. It is no refusal: whether to go on without, or to
 * turn the request away, is for the caller to say.
 */
public final class QuotaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether anything may have been counted. */
    private final Certainty certainty;

    /**
     * Creates an exception.
     *
     * @param certainty whether anything may have been counted
     * @param message what went wrong
     * @param cause why, or null
     */
    public QuotaUnavailableException(Certainty certainty, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certainty = Objects.requireNonNull(certainty, "certainty");
    }

    /**
     * Returns whether anything may have been counted.
     *
     * @return {@link Certainty#NOT_APPLIED} if certainly nothing was, and the same may be asked again
     */
    public Certainty certainty() {
        return certainty;
    }
}
