package dev.ratelimit.quota;

import dev.ratelimit.DecisionSource;
import java.time.Duration;
import java.util.Map;

/**
 * Quota statistics are what a service has counted of its own work since it was built, read at one moment. Figures that are read while
 * requests are under way may differ by those.
 *
 * <p>Immutable.
 *
 * @param allowed how many requests were allowed, by where the answer came from; each source but {@code CLOSED} has a number
 * @param refused how many requests a quota refused
 * @param closed how many requests were denied because the store was away
 * @param failedNotApplied how many requests ended in an exception, and were certainly not counted
 * @param failedIndeterminate how many requests ended in an exception, and may have been counted
 * @param storeCalls how many calls the service made of its store, for whatever purpose
 * @param storeCallsNotApplied how many of them failed, and certainly counted nothing
 * @param storeCallsIndeterminate how many of them failed, and may have counted something
 * @param storeTime how long all calls of the store took together; zero for a store in this process's memory, which is not timed
 * @param maxStoreTime how long the longest of them took
 * @param prefetchedUnits how many units are prefetched from the store now, and not granted yet
 * @param owedCounters how many counters have amounts now that were allowed without the store, and are not counted yet
 * @param storeAvailable whether the store is called now; false if it has not answered for some time
 */
public record QuotaStatistics(
        Map<DecisionSource, Long> allowed,
        long refused,
        long closed,
        long failedNotApplied,
        long failedIndeterminate,
        long storeCalls,
        long storeCallsNotApplied,
        long storeCallsIndeterminate,
        Duration storeTime,
        Duration maxStoreTime,
        long prefetchedUnits,
        long owedCounters,
        boolean storeAvailable) {

    /**
     * Creates statistics.
     *
     * @param allowed how many requests were allowed, by where the answer came from; each source but {@code CLOSED} has a number
     * @param refused how many requests a quota refused
     * @param closed how many requests were denied because the store was away
     * @param failedNotApplied how many requests ended in an exception, and were certainly not counted
     * @param failedIndeterminate how many requests ended in an exception, and may have been counted
     * @param storeCalls how many calls the service made of its store, for whatever purpose
     * @param storeCallsNotApplied how many of them failed, and certainly counted nothing
     * @param storeCallsIndeterminate how many of them failed, and may have counted something
     * @param storeTime how long all calls of the store took together; zero for a store in this process's memory, which is not timed
     * @param maxStoreTime how long the longest of them took
     * @param prefetchedUnits how many units are prefetched from the store now, and not granted yet
     * @param owedCounters how many counters have amounts now that were allowed without the store, and are not counted yet
     * @param storeAvailable whether the store is called now; false if it has not answered for some time
     */
    public QuotaStatistics {
        allowed = Map.copyOf(allowed);
    }

    /**
     * Returns how many requests were allowed by answers of one source.
     *
     * @param source where the answers came from
     * @return the number, zero for {@link DecisionSource#CLOSED}
     */
    public long allowed(DecisionSource source) {
        return allowed.getOrDefault(source, 0L);
    }
}
