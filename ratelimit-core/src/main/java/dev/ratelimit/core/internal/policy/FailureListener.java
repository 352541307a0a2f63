package dev.ratelimit.core.internal.policy;

import dev.ratelimit.core.internal.trouble.FirstFailure;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A caller's function that is told of failures, and may fail itself without harm. The first failure of either is logged, so that
 * none is silent where the caller has no such function.
 *
 * @param <E> what it is told
 */
public final class FailureListener<E> {

    private final Consumer<? super E> told;
    private final Function<? super E, Throwable> cause;
    private final FirstFailure failure;
    private final FirstFailure ownFailure;

    /**
     * Creates a listener.
     *
     * @param what fails, for the log
     * @param cause what an event says of why
     * @param told the caller's function
     */
    public FailureListener(String what, Function<? super E, Throwable> cause, Consumer<? super E> told) {
        this.told = told;
        this.cause = cause;
        this.failure = new FirstFailure(what + " failed");
        this.ownFailure = new FirstFailure("what is told of failures of " + what + " failed");
    }

    /**
     * Tells of a failure; what the function throws, but for an {@link Error}, is logged once.
     *
     * @param event what it is told
     */
    public void tell(E event) {
        failure.note(cause.apply(event));
        // A request must not fail because a report of something else did.
        ownFailure.caught(() -> told.accept(event));
    }
}
