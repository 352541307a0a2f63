package dev.ratelimit.quota;

import dev.ratelimit.Certainty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a quota cannot be counted, because its store fails or does not answer. It is not a refusal: the caller
 * decides whether the request goes on without the quota.
 */
public final class QuotaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says whether anything may have been counted. */
    private final Certainty certainty;

    /**
     * Creates an exception.
     *
     * @param certainty whether anything may have been counted
     * @param message what went wrong
     * @param cause the cause, or null
     */
    public QuotaUnavailableException(Certainty certainty, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certainty = Objects.requireNonNull(certainty, "certainty");
    }

    /**
     * Returns whether anything may have been counted.
     *
     * @return {@link Certainty#NOT_APPLIED} if certainly nothing was counted, so that the caller may repeat the call
     */
    public Certainty certainty() {
        return certainty;
    }
}
