package dev.ratelimit.quota.spi;

import dev.ratelimit.quota.Certainty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Thrown by a {@link QuotaStore} that cannot do what it was asked, or does not know whether it did. */
public final class QuotaStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether anything may have been counted. */
    private final Certainty certainty;

    /**
     * Creates an exception.
     *
     * @param certainty whether anything may have been counted
     * @param message what went wrong, and what to do about it
     * @param cause why, or null
     */
    public QuotaStoreException(Certainty certainty, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certainty = Objects.requireNonNull(certainty, "certainty");
    }

    /**
     * Returns whether anything may have been counted.
     *
     * @return what is known
     */
    public Certainty certainty() {
        return certainty;
    }
}
