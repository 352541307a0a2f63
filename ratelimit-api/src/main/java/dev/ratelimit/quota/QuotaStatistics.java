package dev.ratelimit.quota;

import dev.ratelimit.DecisionSource;
import java.time.Duration;
import java.util.Map;

/**
 * Quota statistics are the figures of a service's own work since it was built, read at one moment. Figures that are
 * read under load may differ by the requests under way.
 *
 * <p>Immutable.
 *
 * @param allowed the number of allowed requests, by the source of the decision; for each source except {@code CLOSED}
 * @param refused the number of requests that a quota refused
 * @param closed the number of requests that were refused because the store was away
 * @param failedNotApplied the number of requests that ended in an exception, and were certainly not counted
 * @param failedIndeterminate the number of requests that ended in an exception, and may have been counted
 * @param storeCalls the number of calls of the store, for any purpose
 * @param storeCallsNotApplied the number of these calls that failed and certainly counted nothing
 * @param storeCallsIndeterminate the number of these calls that failed and may have counted something
 * @param storeTime the total time of all calls of the store; zero for a store in this process's memory, which is not
 *     timed
 * @param maxStoreTime the time of the longest of these calls
 * @param prefetchedUnits the number of units that are prefetched from the store now and not granted yet
 * @param owedCounters the number of counters with owed units now, which were allowed without the store and are not
 *     counted yet
 * @param storeAvailable whether the service calls the store now; false if the store has not answered for some time
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
     * @param allowed the number of allowed requests, by the source of the decision; for each source except
     *     {@code CLOSED}
     * @param refused the number of requests that a quota refused
     * @param closed the number of requests that were refused because the store was away
     * @param failedNotApplied the number of requests that ended in an exception, and were certainly not counted
     * @param failedIndeterminate the number of requests that ended in an exception, and may have been counted
     * @param storeCalls the number of calls of the store, for any purpose
     * @param storeCallsNotApplied the number of these calls that failed and certainly counted nothing
     * @param storeCallsIndeterminate the number of these calls that failed and may have counted something
     * @param storeTime the total time of all calls of the store; zero for a store in this process's memory, which is
     *     not timed
     * @param maxStoreTime the time of the longest of these calls
     * @param prefetchedUnits the number of units that are prefetched from the store now and not granted yet
     * @param owedCounters the number of counters with owed units now, which were allowed without the store and are not
     *     counted yet
     * @param storeAvailable whether the service calls the store now; false if the store has not answered for some time
     */
    public QuotaStatistics {
        allowed = Map.copyOf(allowed);
    }

    /**
     * Returns the number of requests that were allowed by decisions of one source.
     *
     * @param source the source of the decisions
     * @return the number, zero for {@link DecisionSource#CLOSED}
     */
    public long allowed(DecisionSource source) {
        return allowed.getOrDefault(source, 0L);
    }
}
