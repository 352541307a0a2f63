package dev.ratelimit.store;

import dev.ratelimit.Certainty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Thrown by a quota store or rate store that could not apply operations, or does not know whether it did. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says whether an operation may have been applied. */
    private final Certainty certainty;

    /**
     * Creates an exception.
     *
     * @param certainty whether an operation may have been applied
     * @param message the error, and how to fix it
     * @param cause the cause, or null
     */
    public StoreException(Certainty certainty, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certainty = Objects.requireNonNull(certainty, "certainty");
    }

    /**
     * Returns whether an operation may have been applied.
     *
     * @return the certainty
     */
    public Certainty certainty() {
        return certainty;
    }
}
