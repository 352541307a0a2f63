package dev.ratelimit.quota;

/**
 * A quota listener is told when a key has used so much of a quota that somebody should know.
 *
 * <p><b>Calls.</b> On the thread of the request that finds it, which waits for it; by many threads at once. What it
 * throws, but for an {@link Error}, changes nothing for the request.
 */
@FunctionalInterface
public interface QuotaListener {

    /**
     * Told that a key has reached a share of a quota: once for each key, window and share by this service, and again
     * if the share is reached again after the limit was raised, the usage was reset, or something was given back.
     *
     * <p>After a reset or a refund by another process, a request that consumes or charges tells again; one that
     * reserves does not, because what is reserved goes up and down by itself.
     *
     * <p>Where a request goes past several shares, each is told, the smallest first. Another process that counts on
     * the same store tells its own listeners when it sees it.
     *
     * @param key the key
     * @param percent the share that was asked to be told of
     * @param usage what is used now, at least that share
     */
    void reached(String key, int percent, QuotaUsage usage);
}
