package dev.ratelimit;

import java.time.Duration;
import java.util.List;

/**
 * A snapshot is all that a limiter knows of one key, in one consistent read: for debugging and support.
 *
 * @param policy the policy of the key
 * @param budgets the budget at each of the policy's rates, in their order
 * @param blackout the time until the key's blackout ends, whether its policy began it or the application; zero if it is
 *     in none
 * @param leases the leases that the key holds
 */
public record Snapshot(Policy policy, List<Budget> budgets, Duration blackout, int leases) {

    /**
     * Creates a snapshot; the list is copied.
     *
     * @param policy the policy of the key
     * @param budgets the budgets
     * @param blackout the time until the blackout ends
     * @param leases the leases
     */
    public Snapshot {
        budgets = List.copyOf(budgets);
    }

    /**
     * The budget of a key at one rate.
     *
     * @param rate the rate
     * @param remaining the whole permits there now
     * @param debt the permits missing to a full budget, rounded up; more than the capacity if permits are
     *     reserved ahead, or were charged beyond it
     * @param fullAfter the time until the budget is full, if nobody takes more
     */
    public record Budget(Rate rate, long remaining, long debt, Duration fullAfter) {}
}
