package dev.ratelimit;

import java.util.Objects;

/**
 * A refusal where an answer cannot be returned: thrown in the place of a result by work that runs under a limit.
 *
 * <p>It carries the {@link Decision}, which says who refused, why, and when to come again. It has <b>no stack trace</b>:
 * under attack nearly every request is refused, to walk the stack costs many times what the decision does, and the trace
 * would show a place in the code that is right. Its message is made only when it is asked for.
 *
 * <p>Immutable but for what any exception can be given. It cannot be serialized, as decisions cannot.
 */
public final class LimitExceededException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Fails serialization by its type, which is better than to come out of it as null. */
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

    /** Returns the policy's name and the refusal, such as {@code default: refused (over limit), 0 of 5 left, retry after PT1S}. */
    @Override
    public String getMessage() {
        return decision.policy() + ": " + decision;
    }
}
