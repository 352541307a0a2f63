package dev.ratelimit.core.internal.queue;

/**
 * For how long no call of a key may go, whatever its budgets: calls that wait stay in their order, and go afterwards.
 */
@FunctionalInterface
public interface KeyBlackouts {

    /** The nanoseconds until the key's blackout ends, at a reading of the clock; zero if it is in none. */
    long nanosLeft(long key, long clock);
}
