package dev.ratelimit.quota.spi;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * A quota store is a set of counters that many processes share. It never grants more than the limits in their calls.
 *
 * <p>This interface is all that a store implements. A store knows no quotas, calendars, time zones or policies: a
 * counter is a name and a number, and an {@link Operation} changes or reads it. {@code SPEC.md} contains the numbered
 * rules of stores. The test kit in {@code ratelimit-tck} checks each of them.
 *
 * <p><b>Waiting.</b> A call blocks until all operations have an outcome, but not longer than its deadline. It never
 * retries an operation that may have been applied.
 *
 * <p><b>Errors.</b> A failure is never reported as a refusal. A store that cannot apply an operation returns
 * {@link Outcome.Failed}, or throws a {@link StoreException} for the whole call. Both say whether anything may
 * have been counted.
 *
 * <p><b>Thread-safety.</b> Many threads call all methods at once.
 */
public interface QuotaStore extends AutoCloseable {

    /**
     * Returns the optional capabilities of this store.
     *
     * @return the capabilities, the same for each call
     */
    Capabilities capabilities();

    /**
     * Applies operations in the given order, and returns the outcome of each.
     *
     * <p>The operations of one call are not a transaction: operations of other callers may be applied in between, and
     * one may fail while the next succeeds. Only a {@link Operation.Group} is decided atomically.
     *
     * @param operations from 1 to {@link Capabilities#maxBatch()} operations
     * @param deadline the deadline after which the caller stops waiting
     * @return as many outcomes, in the same order: {@link Outcome.Grouped} for a group, {@link Outcome.Counted} for all
     *     others, or {@link Outcome.Failed}
     * @throws StoreException if no operation has a known outcome
     */
    List<Outcome> apply(List<Operation> operations, Deadline deadline);

    /**
     * Lists counters above zero for operators, the largest value first. It may take long, and counting goes on
     * meanwhile.
     *
     * @param query selects the counters
     * @param deadline the deadline after which the caller stops waiting
     * @return at most {@link CounterQuery#max()} counters; expired counters may be among them or not
     * @throws StoreException with {@code NOT_APPLIED} if the store cannot list counters (as the default
     *     implementation), or did not answer
     */
    default List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        throw new StoreException(
                Certainty.NOT_APPLIED,
                "this store does not list counters; ask for single keys, or search its database for names that begin with "
                        + query.quota() + "/",
                null);
    }

    /**
     * Returns the deadline of a call if the user has not configured one.
     *
     * @return the time, more than zero; by default 250 ms
     */
    default Duration defaultDeadline() {
        return Duration.ofMillis(250);
    }

    /**
     * Returns whether calls never wait for anything outside this process. The service then makes one call for each
     * request, and without a deadline, because batching, or reading the time, would take longer than the call.
     *
     * @return whether all counters are in this process's memory; by default false
     */
    default boolean isLocal() {
        return false;
    }

    /** Releases connections and threads. Operations under way may fail. A second call does nothing. */
    @Override
    void close();
}
