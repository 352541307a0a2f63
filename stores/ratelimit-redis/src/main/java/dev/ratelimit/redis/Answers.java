package dev.ratelimit.redis;

import dev.ratelimit.store.StoreException;
import java.util.List;

/**
 * The meaning of a script's answers for a store.
 *
 * @param <O> the type of outcomes
 */
interface Answers<O> {

    /**
     * Returns the outcome of a call.
     *
     * @throws IllegalStateException if the script cannot have answered that
     */
    O outcome(List<String> answer);

    /** Returns the outcome of a call without an answer, or with an error. */
    O failed(StoreException failure);
}
