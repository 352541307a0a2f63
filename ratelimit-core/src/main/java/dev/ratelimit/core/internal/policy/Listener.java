package dev.ratelimit.core.internal.policy;

import java.util.function.Consumer;

/**
 * A caller's function that is told of failures, and may fail itself without harm.
 *
 * @param <E> what it is told
 */
final class Listener<E> {

    private final Consumer<? super E> told;

    Listener(Consumer<? super E> told) {
        this.told = told;
    }

    void tell(E event) {
        try {
            told.accept(event);
        } catch (Exception e) {
            // A request must not fail because a report of something else did; there is nobody left to tell.
        }
    }
}
