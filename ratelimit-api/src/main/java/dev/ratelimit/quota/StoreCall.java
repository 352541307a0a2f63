package dev.ratelimit.quota;

import dev.ratelimit.Certainty;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A store call describes one call of a quota service to its store, for {@link QuotaEvents}. Immutable.
 *
 * @param operations the number of its operations, at least 1; one operation may count for several requests
 * @param took the time that the calling thread waited; zero for a store in this process's memory, which is not timed
 * @param failure the certainty if at least one operation failed, {@code INDETERMINATE} if any of them may have been
 *     applied; empty if the store answered all operations
 */
public record StoreCall(int operations, Duration took, Optional<Certainty> failure) {

    /**
     * Creates a store call.
     *
     * @param operations the number of its operations, at least 1; one operation may count for several requests
     * @param took the time that the calling thread waited; zero for a store in this process's memory, which is not
     *     timed
     * @param failure the certainty if at least one operation failed, {@code INDETERMINATE} if any of them may have been
     *     applied; empty if the store answered all operations
     */
    public StoreCall {
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(failure, "failure");
    }
}
