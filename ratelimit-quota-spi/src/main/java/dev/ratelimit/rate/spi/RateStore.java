package dev.ratelimit.rate.spi;

import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * A rate store is a set of budgets that many processes share. In any interval of length <i>t</i> it grants at most
 * <i>capacity + rate × t</i> permits of a budget.
 *
 * <p>This interface is all that a store implements. A store knows no keys, policies or tiers: a budget is a name and a
 * {@link BudgetState}, and a {@link RateOperation} changes or reads it. {@code RATES.md} contains the numbered rules of
 * rate stores. The test kit in {@code ratelimit-tck} checks each of them.
 *
 * <p><b>Time.</b> A store reads its own clock, which all processes share: that of the server or database. No process
 * sends an instant, so no two clocks need to agree.
 *
 * <p><b>Waiting.</b> A call blocks until all operations have an outcome, but not longer than its deadline. It never
 * retries an operation that may have been applied.
 *
 * <p><b>Errors.</b> A failure is never reported as a refusal. A store that cannot apply an operation returns
 * {@link RateOutcome.Failed}, or throws a {@link StoreException} for the whole call. Both say whether the
 * operation may have been applied.
 *
 * <p><b>Thread-safety.</b> Many threads call all methods at once.
 */
public interface RateStore extends AutoCloseable {

    /**
     * Returns the maximum number of operations in one call.
     *
     * @return the number, at least 1, the same for each call
     */
    int maxBatch();

    /**
     * Applies operations in the given order, and returns the outcome of each.
     *
     * <p>Each operation is atomic, over all rates of its budget. The operations of one call are not a transaction:
     * operations of other callers may be applied in between, and one may fail while the next succeeds.
     *
     * @param operations from 1 to {@link #maxBatch()} operations
     * @param deadline the deadline after which the caller stops waiting
     * @return as many outcomes, in the same order
     * @throws StoreException if no operation has a known outcome
     */
    List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline);

    /**
     * Returns the deadline of a call if the user has not configured one.
     *
     * @return the time, more than zero; by default 250 ms
     */
    default Duration defaultDeadline() {
        return Duration.ofMillis(250);
    }

    /**
     * Returns whether calls never wait for anything outside this process, so that callers need no batches and no
     * deadline.
     *
     * @return whether all budgets are in this process's memory; by default false
     */
    default boolean isLocal() {
        return false;
    }

    /** Releases connections and threads. Operations under way may fail. A second call does nothing. */
    @Override
    void close();
}
