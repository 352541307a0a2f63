package dev.ratelimit.quota;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A store call is one call that a quota service made of its store, as {@link QuotaEvents} are told of it. Immutable.
 *
 * @param operations how many operations it had, at least 1; one may count for several requests
 * @param took how long the calling thread waited; zero for a store in this process's memory, which is not timed
 * @param failure what is known if at least one operation failed, {@code INDETERMINATE} if that is known of any; empty if all were
 *     answered
 */
public record StoreCall(int operations, Duration took, Optional<Certainty> failure) {

    /**
     * Creates a store call.
     *
     * @param operations how many operations it had, at least 1; one may count for several requests
     * @param took how long the calling thread waited; zero for a store in this process's memory, which is not timed
     * @param failure what is known if at least one operation failed, {@code INDETERMINATE} if that is known of any; empty if all were
     *     answered
     */
    public StoreCall {
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(failure, "failure");
    }
}
