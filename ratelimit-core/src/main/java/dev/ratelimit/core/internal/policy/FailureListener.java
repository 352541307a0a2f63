package dev.ratelimit.core.internal.policy;

import dev.ratelimit.core.internal.trouble.FirstFailure;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A wrapper of a caller's function that receives failures, and may fail itself without harm. The first failure of
 * either is logged, so that it is visible even if the caller has set no function.
 *
 * @param <E> the type of the failure reports
 */
public final class FailureListener<E> {

    private final Consumer<? super E> told;
    private final Function<? super E, Throwable> cause;
    private final FirstFailure failure;
    private final FirstFailure ownFailure;

    /**
     * Creates a listener.
     *
     * @param what the thing that fails, for the log
     * @param cause returns the cause from a report
     * @param told the caller's function, which receives failures
     */
    public FailureListener(String what, Function<? super E, Throwable> cause, Consumer<? super E> told) {
        this.told = told;
        this.cause = cause;
        this.failure = new FirstFailure(what + " failed");
        this.ownFailure = new FirstFailure("the listener for failures of " + what + " failed");
    }

    /**
     * Reports a failure. An exception that the function throws is logged once; an {@link Error} is not caught.
     *
     * @param event the report
     */
    public void tell(E event) {
        failure.note(cause.apply(event));
        // A request must not fail because a report failed.
        ownFailure.caught(() -> told.accept(event));
    }
}
