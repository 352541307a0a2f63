package dev.ratelimit.quota.spi;

import java.util.Objects;

/**
 * The optional capabilities of a store, beyond the rules that all stores obey.
 *
 * @param remembersOperations whether the store counts a repeated operation with the same {@link OperationId} once and
 *     gives it the first outcome; if not, callers never retry an operation that may have been counted
 * @param atomicGroups the groups that the store decides atomically; for all others the store returns
 *     {@link Outcome.Failed} with {@code NOT_APPLIED}, and callers apply the acquires one by one and give back what a
 *     refused group has taken
 * @param maxBatch the maximum number of operations in one call, at least 1
 * @param listsCounters whether {@link QuotaStore#list} is supported
 */
public record Capabilities(
        boolean remembersOperations, AtomicGroups atomicGroups, int maxBatch, boolean listsCounters) {

    /** The groups that a store decides atomically. */
    public enum AtomicGroups {
        /** All groups. */
        ALL,
        /** Groups whose counters have the same subject. */
        OF_ONE_SUBJECT,
        /** No groups. */
        NONE
    }

    /**
     * Creates capabilities.
     *
     * @param remembersOperations whether the store counts a repeated operation once
     * @param atomicGroups the groups that the store decides atomically
     * @param maxBatch the maximum number of operations in one call, at least 1
     * @param listsCounters whether the store can list counters
     * @throws IllegalArgumentException if {@code maxBatch} is less than 1
     */
    public Capabilities {
        Objects.requireNonNull(atomicGroups, "atomicGroups");
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be at least 1, but was " + maxBatch);
        }
    }

    /**
     * Creates the capabilities of a store that cannot list counters.
     *
     * @param remembersOperations whether the store counts a repeated operation once
     * @param atomicGroups the groups that the store decides atomically
     * @param maxBatch the maximum number of operations in one call, at least 1
     * @throws IllegalArgumentException if {@code maxBatch} is less than 1
     */
    public Capabilities(boolean remembersOperations, AtomicGroups atomicGroups, int maxBatch) {
        this(remembersOperations, atomicGroups, maxBatch, false);
    }
}
