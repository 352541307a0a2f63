package dev.ratelimit.quota;

import java.util.Objects;

/**
 * A quota plan fallback is the plan that stands in for a key whose plan could not be resolved.
 *
 * <p>It does not name the key, because a report may go to a log. Immutable and thread-safe.
 *
 * @param plan the plan that stands in
 * @param known whether it is the last known one of the key, and not the default
 * @param cause what the resolver threw; an {@link IllegalStateException} if it returned null, or asked for a key that
 *     was being resolved
 */
public record QuotaPlanFallback(QuotaPlan plan, boolean known, Throwable cause) {

    /**
     * Creates a fallback.
     *
     * @param plan the plan that stands in
     * @param known whether it is the last known one of the key
     * @param cause why it has to
     */
    public QuotaPlanFallback {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(cause, "cause");
    }

    /** Returns the fallback for a person to read, such as {@code gold (last known), because of java.io.IOException: down}. */
    @Override
    public String toString() {
        return plan.name() + (known ? " (last known)" : " (default, none known)") + ", because of " + cause;
    }
}
