package dev.ratelimit.core.internal.policy;

import java.util.function.Consumer;

/**
 * A caller's function that is told of failures, and may fail itself without harm.
 *
 * @param <E> what it is told
 */
public final class Listener<E> {

    private final Consumer<? super E> told;

    /**
     * Creates a listener.
     *
     * @param told the caller's function
     */
    public Listener(Consumer<? super E> told) {
        this.told = told;
    }

    /**
     * Tells of a failure; what the function throws, but for an {@link Error}, is ignored.
     *
     * @param event what it is told
     */
    public void tell(E event) {
        try {
            told.accept(event);
        } catch (Exception e) {
            // A request must not fail because a report of something else did; there is nobody left to tell.
        }
    }
}
