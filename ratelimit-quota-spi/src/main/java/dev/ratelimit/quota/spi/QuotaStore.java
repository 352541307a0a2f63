package dev.ratelimit.quota.spi;

import dev.ratelimit.quota.Certainty;
import java.time.Duration;
import java.util.List;

/**
 * A quota store is a set of counters that many processes count on, which never grants more than the limits that they
 * pass.
 *
 * <p>This is all that a store implements. It knows no quota, calendar, time zone or policy: a counter is a name and a number,
 * and what is asked of it is an {@link Operation}. {@code SPEC.md} says in numbered rules what must hold; the test kit in
 * {@code ratelimit-quota-tck} checks each of them.
 *
 * <p><b>Waiting.</b> A call blocks until all operations have an outcome, but not longer than its deadline; it never retries
 * what may have been applied.
 *
 * <p><b>Errors.</b> Trouble is never a denial. A store that cannot do an operation says so by {@link Outcome.Failed}, or for
 * the whole call by throwing a {@link QuotaStoreException}, and says in both whether anything may have been counted.
 *
 * <p><b>Thread-safety.</b> All methods are called by many threads at once.
 */
public interface QuotaStore extends AutoCloseable {

    /**
     * Returns what this store can do beyond the rules that all obey.
     *
     * @return the capabilities, the same at each call
     */
    Capabilities capabilities();

    /**
     * Applies operations in the order given, and says what became of each.
     *
     * <p>The operations of one call are no transaction: others' may come between, and one may fail while the next
     * succeeds. Only a {@link Operation.Group} is decided as one.
     *
     * @param operations from one to as many as {@link Capabilities#maxBatch()} says
     * @param deadline when the caller stops waiting
     * @return as many outcomes, in the same order: {@link Outcome.Grouped} for a group, {@link Outcome.Counted} for all
     *     others, or {@link Outcome.Failed}
     * @throws QuotaStoreException if no operation has an outcome that is known
     */
    List<Outcome> apply(List<Operation> operations, Deadline deadline);

    /**
     * Lists counters that show more than zero, for operators: those that show most first. It may take long, and others count
     * meanwhile.
     *
     * @param query which counters
     * @param deadline when the caller stops waiting
     * @return at most {@link CounterQuery#max()} counters; of those that have expired, some or none
     * @throws QuotaStoreException with {@code NOT_APPLIED} if the store does not list counters (as the default does), or did not answer
     */
    default List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        throw new QuotaStoreException(
                Certainty.NOT_APPLIED,
                "this store does not list counters; ask for single keys, or look into its database for names that begin with "
                        + query.quota() + "/",
                null);
    }

    /**
     * Returns how long a call is waited for where the user has not said.
     *
     * @return more than zero; 250 ms unless the store knows better
     */
    default Duration defaultDeadline() {
        return Duration.ofMillis(250);
    }

    /**
     * Returns whether a call waits for nothing outside this process. It is then made for each request by itself,
     * and without a deadline: to put several into one, or to look at the time, would take longer than the call.
     *
     * @return whether all counters are in this process's memory; false unless the store says so
     */
    default boolean isLocal() {
        return false;
    }

    /** Gives back connections and threads. Operations under way may fail. Does nothing the second time. */
    @Override
    void close();
}
