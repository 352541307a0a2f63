package dev.ratelimit;

import java.util.Objects;

/**
 * A policy fallback reports the policy that a limiter uses for a key whose policy could not be resolved.
 *
 * <p>It does not contain the key, because the limiter keeps no keys, and a report may go to a log.
 *
 * @param policy the policy that the limiter uses instead
 * @param known whether this is the last known policy of the key; false if it is the default policy
 * @param cause the exception that the resolver threw; an {@link IllegalStateException} if it returned null, or asked
 *     for a key that was being resolved
 */
public record PolicyFallback(Policy policy, boolean known, Throwable cause) {

    /**
     * Creates a fallback.
     *
     * @param policy the policy that the limiter uses instead
     * @param known whether this is the last known policy of the key
     * @param cause the exception that the resolver threw
     */
    public PolicyFallback {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(cause, "cause");
    }

    /**
     * Returns the fallback for a person to read, such as
     * {@code gold (last known), because of java.io.IOException: down}.
     */
    @Override
    public String toString() {
        return policy.name() + (known ? " (last known)" : " (default, none known)") + ", because of " + cause;
    }
}
