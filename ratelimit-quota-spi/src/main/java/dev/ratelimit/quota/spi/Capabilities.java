package dev.ratelimit.quota.spi;

import java.util.Objects;

/**
 * What a store can do beyond the rules that all obey.
 *
 * @param remembersOperations whether an operation with an {@link OperationId} that comes again is answered as the
 *     first time and counted once; if not, callers never retry what may have been counted
 * @param atomicGroups which groups are decided as one; for all others the store answers {@link Outcome.Failed} with
 *     {@code NOT_APPLIED}, and callers ask one by one and give back
 * @param maxBatch the most operations of one call, at least 1
 * @param listsCounters whether {@link QuotaStore#list} lists counters
 */
public record Capabilities(
        boolean remembersOperations, AtomicGroups atomicGroups, int maxBatch, boolean listsCounters) {

    /** Which groups are decided as one. */
    public enum AtomicGroups {
        /** All. */
        ALL,
        /** Those whose counters are of one subject. */
        OF_ONE_SUBJECT,
        /** None. */
        NONE
    }

    /**
     * Creates capabilities.
     *
     * @param remembersOperations whether an operation that comes again is counted once
     * @param atomicGroups which groups are decided as one
     * @param maxBatch the most operations of one call, at least 1
     * @param listsCounters whether counters can be listed
     * @throws IllegalArgumentException if the largest batch is less than 1
     */
    public Capabilities {
        Objects.requireNonNull(atomicGroups, "atomicGroups");
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch must be at least 1, but was " + maxBatch);
        }
    }

    /**
     * Creates the capabilities of a store that does not list counters.
     *
     * @param remembersOperations whether an operation that comes again is counted once
     * @param atomicGroups which groups are decided as one
     * @param maxBatch the most operations of one call, at least 1
     * @throws IllegalArgumentException if the largest batch is less than 1
     */
    public Capabilities(boolean remembersOperations, AtomicGroups atomicGroups, int maxBatch) {
        this(remembersOperations, atomicGroups, maxBatch, false);
    }
}
