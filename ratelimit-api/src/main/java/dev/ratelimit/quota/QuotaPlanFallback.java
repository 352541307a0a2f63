package dev.ratelimit.quota;

import java.util.Objects;

/**
 * A quota plan fallback reports the plan that a service uses for a key whose plan could not be resolved.
 *
 * <p>It does not contain the key, because a report may go to a log. Immutable and thread-safe.
 *
 * @param plan the plan that the service uses instead
 * @param known whether this is the last known plan of the key; false if it is the default plan
 * @param cause the exception that the resolver threw; an {@link IllegalStateException} if it returned null, or asked
 *     for a key that was being resolved
 */
public record QuotaPlanFallback(QuotaPlan plan, boolean known, Throwable cause) {

    /**
     * Creates a fallback.
     *
     * @param plan the plan that the service uses instead
     * @param known whether this is the last known plan of the key
     * @param cause the exception that the resolver threw
     */
    public QuotaPlanFallback {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(cause, "cause");
    }

    /**
     * Returns the fallback for a person to read, such as
     * {@code gold (last known), because of java.io.IOException: down}.
     */
    @Override
    public String toString() {
        return plan.name() + (known ? " (last known)" : " (default, none known)") + ", because of " + cause;
    }
}
