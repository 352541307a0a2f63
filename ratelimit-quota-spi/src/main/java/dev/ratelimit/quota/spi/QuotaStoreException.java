package dev.ratelimit.quota.spi;

import dev.ratelimit.quota.Certainty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Thrown by a {@link QuotaStore} that could not apply operations, or does not know whether it did. */
public final class QuotaStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says whether anything may have been counted. */
    private final Certainty certainty;

    /**
     * Creates an exception.
     *
     * @param certainty whether anything may have been counted
     * @param message the error, and how to fix it
     * @param cause the cause, or null
     */
    public QuotaStoreException(Certainty certainty, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certainty = Objects.requireNonNull(certainty, "certainty");
    }

    /**
     * Returns whether anything may have been counted.
     *
     * @return the certainty
     */
    public Certainty certainty() {
        return certainty;
    }
}
