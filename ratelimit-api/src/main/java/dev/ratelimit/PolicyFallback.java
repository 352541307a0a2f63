package dev.ratelimit;

import java.util.Objects;

/**
 * A policy fallback is what a limiter goes by for a key whose policy could not be resolved.
 *
 * <p>It does not name the key: keys are not kept, and a report may go to a log.
 *
 * @param policy the policy that stands in
 * @param known whether it is the last known one of the key, and not the default
 * @param cause what the resolver threw; an {@link IllegalStateException} if it returned null, or asked for a key that was
 *     being resolved
 */
public record PolicyFallback(Policy policy, boolean known, Throwable cause) {

    /**
     * Creates a fallback.
     *
     * @param policy the policy that stands in
     * @param known whether it is the last known one of the key
     * @param cause why it has to
     */
    public PolicyFallback {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(cause, "cause");
    }

    /** Returns the fallback for a person to read, such as {@code gold (last known), because of java.io.IOException: down}. */
    @Override
    public String toString() {
        return policy.name() + (known ? " (last known)" : " (default, none known)") + ", because of " + cause;
    }
}
