package dev.ratelimit;

import java.util.Objects;

/**
 * The exception of a refusal, thrown by methods that run work under a limit and so cannot return a decision.
 *
 * <p>It carries the {@link Decision}, which says which policy refused, why, and after what time to try again. It has
 * <b>no stack trace</b>: under attack nearly every request is refused, and filling in a trace costs many times as much
 * as the decision. The trace would also point at code that is correct. The message is built when {@link #getMessage()}
 * is called.
 *
 * <p>Immutable, except for the suppressed exceptions and the cause that any exception can be given. It cannot be
 * serialized, because decisions cannot.
 */
public final class LimitExceededException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Not transient: serialization fails because of its type, instead of restoring it as null. */
    @SuppressWarnings("serial")
    private final Decision decision;

    /**
     * Creates the exception of a refusal.
     *
     * @param decision the refusal
     * @throws IllegalArgumentException if the decision allows
     */
    public LimitExceededException(Decision decision) {
        super(null, null, true, false);
        if (Objects.requireNonNull(decision, "decision").allowed()) {
            throw new IllegalArgumentException("no limit was exceeded: " + decision);
        }
        this.decision = decision;
    }

    /**
     * Returns the refusal.
     *
     * @return the decision, which does not allow
     */
    public Decision decision() {
        return decision;
    }

    /**
     * Returns the policy's name and the refusal, such as
     * {@code default: refused (over limit), 0 of 5 left, retry after PT1S}.
     */
    @Override
    public String getMessage() {
        return decision.policy() + ": " + decision;
    }
}
