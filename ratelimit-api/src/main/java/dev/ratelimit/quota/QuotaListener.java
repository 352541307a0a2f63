package dev.ratelimit.quota;

/**
 * A quota listener receives a call when a key's usage of a quota reaches a configured percentage.
 *
 * <p><b>Calls.</b> The service calls the listener on the thread of the request that reaches the percentage, and the
 * request waits for it. Many threads call it at once. An exception that it throws changes nothing for the request; an
 * {@link Error} reaches the caller.
 */
@FunctionalInterface
public interface QuotaListener {

    /**
     * Called when a key has reached a percentage of a quota: once by this service for each key, window and percentage.
     * It is called again if the key reaches the percentage again after the limit was raised, the usage was reset, or
     * units were given back.
     *
     * <p>After a reset or a refund by another process, a request that consumes or charges causes another call. A
     * request that reserves does not, because reserved amounts rise and fall in normal use.
     *
     * <p>If a request passes several percentages, the listener is called for each, the smallest first. Another process
     * on the same store calls its own listeners when it sees the usage.
     *
     * @param key the key
     * @param percent the configured percentage that the key has reached
     * @param usage the usage now, at least that percentage
     */
    void reached(String key, int percent, QuotaUsage usage);
}
