package dev.ratelimit.quota;

import java.time.Instant;
import java.util.List;

/**
 * Quota operations are what operators ask of a quota service: who uses most, what was used in the window before, and
 * resets of many keys.
 *
 * <p>Lists and resets of many keys need a store that lists its counters. One that does not is a
 * {@link QuotaUnavailableException} with {@link Certainty#NOT_APPLIED}, which says so. They may take long: the
 * service waits for each list up to 30 seconds, or its deadline if that is longer.
 *
 * <p>Thread-safe. Each call waits for the store. Counts go on meanwhile.
 */
public interface QuotaOperations {

    /**
     * Lists the keys that have used most of a quota in the window of now, as all keys have it.
     *
     * @param quota the name of the quota
     * @param max how many keys, from 1 to 10,000
     * @return those that have used most first; keys that have used nothing are not listed
     * @throws IllegalArgumentException if there is no such quota, or max is out of range
     * @throws IllegalStateException if the service has plans, whose windows may be others for each key: say a span
     * @throws QuotaUnavailableException if the store is in trouble, or does not list its counters
     */
    List<KeyUsage> mostUsed(String quota, int max);

    /**
     * Lists the keys that have used most of a quota, in windows that start in a span of time.
     *
     * @param quota the name of the quota
     * @param from the first instant at which a window may start
     * @param until the first instant after it at which none may
     * @param max how many windows of keys, from 1 to 10,000
     * @return those in which most was used first
     * @throws IllegalArgumentException if max is out of range, or the name cannot be one
     * @throws QuotaUnavailableException if the store is in trouble, or does not list its counters
     */
    List<KeyUsage> mostUsed(String quota, Instant from, Instant until, int max);

    /**
     * Says what a key used in the windows before those of now, for invoices: by the quotas that it has now. The store
     * keeps that for a tenth of the window after its end, at least 10 seconds and at most a day, unless the service
     * was built to keep it longer.
     *
     * @param key whose quotas
     * @return one for each quota, in their order; of a quota without end, what is used
     * @throws IllegalArgumentException if the key is empty
     * @throws QuotaUnavailableException if the store is in trouble
     */
    List<QuotaUsage> usageBefore(String key);

    /**
     * Sets what all keys have used of a quota to zero, in windows that start in a span of time, also what this service allowed while
     * the store was away. Credit of lifetime quotas stays.
     *
     * <p>What other processes have prefetched is not taken back. If it fails half-way, some keys have been reset; it may
     * be called again.
     *
     * @param quota the name of the quota
     * @param from the first instant at which a window may start
     * @param until the first instant after it at which none may
     * @return how many counters were reset
     * @throws IllegalArgumentException if the name cannot be one
     * @throws QuotaUnavailableException if the store is in trouble, or does not list its counters
     */
    long resetAll(String quota, Instant from, Instant until);
}
