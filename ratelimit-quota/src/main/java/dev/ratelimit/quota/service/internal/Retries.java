package dev.ratelimit.quota.service.internal;

import dev.ratelimit.store.Deadline;

/**
 * The maximum number of repetitions of a call, and the pauses before them.
 *
 * <p>A pause is random between zero and a bound that doubles (full jitter). So callers whose calls failed together do
 * not call again at the same time. A call is not repeated if the deadline leaves no time for the pause. Immutable.
 */
record Retries(int count, ServiceContext surroundings) {

    /** The bound of the first pause. */
    static final long FIRST_NANOS = 10_000_000;

    /** The bound of all later pauses. */
    static final long MAX_NANOS = 250_000_000;

    /** Pauses before a repetition, numbered from 0. Returns false if the caller must get its answer instead. */
    boolean pauseBefore(int repetition, Deadline deadline) {
        long bound = Math.min(MAX_NANOS, FIRST_NANOS << Math.min(repetition, 10));
        long nanos = (long) (surroundings.random().getAsDouble() * bound);
        return nanos < deadline.remainingNanos() && surroundings.pause().nanos(nanos);
    }
}
