package dev.ratelimit;

import java.time.Duration;
import java.util.List;

/**
 * A snapshot is the whole state of one key in a limiter, from one consistent read. It is meant for debugging and
 * support.
 *
 * @param policy the policy of the key
 * @param budgets the budget at each of the policy's rates, in their order
 * @param blackout the time until the key's blackout ends, whether its policy began it or the application; zero if there
 *     is none
 * @param leases the number of leases that the key holds
 */
public record Snapshot(Policy policy, List<Budget> budgets, Duration blackout, int leases) {

    /**
     * Creates a snapshot; the list is copied.
     *
     * @param policy the policy of the key
     * @param budgets the budgets
     * @param blackout the time until the blackout ends
     * @param leases the number of leases
     */
    public Snapshot {
        budgets = List.copyOf(budgets);
    }

    /**
     * The budget of a key at one rate.
     *
     * @param rate the rate
     * @param remaining the whole permits left now
     * @param debt the permits missing to a full budget, rounded up; more than the capacity if permits of later instants
     *     are
     *     reserved ahead, or were charged beyond it
     * @param fullAfter the time until the budget is full, if no caller takes more permits
     */
    public record Budget(Rate rate, long remaining, long debt, Duration fullAfter) {}
}
