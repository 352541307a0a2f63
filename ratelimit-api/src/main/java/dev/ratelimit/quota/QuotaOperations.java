package dev.ratelimit.quota;

import dev.ratelimit.Certainty;
import java.time.Instant;
import java.util.List;

/**
 * Quota operations are methods for operators of a quota service: lists of the keys with the highest usage, the usage in
 * the previous window, and resets of many keys.
 *
 * <p>Lists and resets of many keys need a store that can list its counters. With any other store they throw a
 * {@link QuotaUnavailableException} with {@link Certainty#NOT_APPLIED}. They may take long: the service waits up to 30
 * seconds for each list, or up to its deadline if that is longer.
 *
 * <p>Thread-safe. Each call waits for the store. Counting goes on meanwhile.
 */
public interface QuotaOperations {

    /**
     * Lists the keys with the highest usage of a quota in the current window, which is the same for all keys.
     *
     * @param quota the name of the quota
     * @param max the most entries to return, from 1 to 10,000
     * @return the keys, the highest usage first; without keys that have used nothing
     * @throws IllegalArgumentException if there is no such quota, or max is out of range
     * @throws IllegalStateException if the service has plans, because windows may then differ between keys; call
     *     {@link #mostUsed(String, Instant, Instant, int)} instead
     * @throws QuotaUnavailableException if the store fails, does not answer, or cannot list its counters
     */
    List<KeyUsage> mostUsed(String quota, int max);

    /**
     * Lists the keys with the highest usage of a quota, in windows that start in a time span.
     *
     * @param quota the name of the quota
     * @param from the start of the span, inclusive
     * @param until the end of the span, exclusive
     * @param max the most entries to return, from 1 to 10,000; one entry is one key in one window
     * @return the entries, the highest usage first
     * @throws IllegalArgumentException if max is out of range, or the name is not a valid name of a quota
     * @throws QuotaUnavailableException if the store fails, does not answer, or cannot list its counters
     */
    List<KeyUsage> mostUsed(String quota, Instant from, Instant until, int max);

    /**
     * Returns the usage of a key in the previous windows of its current quotas, for invoices. The store keeps it for a
     * tenth of the window after its end, at least 10 seconds and at most a day, unless the service was built to keep it
     * longer.
     *
     * @param key the key
     * @return one usage for each quota, in the order of the quotas; for a lifetime quota, the current usage
     * @throws IllegalArgumentException if the key is empty
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    List<QuotaUsage> usageBefore(String key);

    /**
     * Sets the usage of a quota to zero for all keys, in the windows that start in a span of time. This includes the
     * units that this service allowed while the store was away. Credit of lifetime quotas stays.
     *
     * <p>Units that other processes have prefetched are not taken back. If the call fails midway, some keys have been
     * reset. The caller may repeat it.
     *
     * @param quota the name of the quota
     * @param from the start of the span, inclusive
     * @param until the end of the span, exclusive
     * @return the number of counters that were reset
     * @throws IllegalArgumentException if the name is not a valid name of a quota
     * @throws QuotaUnavailableException if the store fails, does not answer, or cannot list its counters
     */
    long resetAll(String quota, Instant from, Instant until);
}
