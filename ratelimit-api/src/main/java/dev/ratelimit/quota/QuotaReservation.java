package dev.ratelimit.quota;

import java.time.Duration;

/**
 * A quota reservation is an amount counted before it is known what will be used.
 *
 * <pre>{@code
 * try (QuotaReservation reserved = quotas.reserve(customer, 4_096)) {
 *     if (!reserved.allowed()) {
 *         return tooManyRequests(reserved.decision());
 *     }
 *     Answer answer = model.ask(prompt);
 *     reserved.commit(answer.tokens());
 *     return answer;
 * }
 * }</pre>
 *
 * <p><b>Closing.</b> What one charges that is closed without a commit is a choice: {@link CloseCharges}. A reservation of which a
 * commit was tried is never refunded, whether or not the commit succeeded. What a reservation changes, it changes in the
 * windows in which it was made, also after their end, for a tenth of the window, at least 10 seconds and at most a day. Later than
 * that the counters are forgotten, and there is nothing left to correct.
 *
 * <p><b>Errors.</b> A commit or a cancellation that fails throws {@link QuotaUnavailableException}, and the reservation stays charged
 * meanwhile. The same call may be repeated, and completes what the first one began: nothing counts twice on a store that
 * remembers operations. On any other, an uncertain charge may count twice, and an uncertain refund is given up.
 *
 * <p>Thread-safe; the first of {@code commit} and {@code cancel} counts. Calls wait for the store, at most until the deadline of the
 * service.
 */
public interface QuotaReservation extends AutoCloseable {

    /**
     * Returns whether the amount is reserved. If not, there is nothing to commit or to cancel.
     *
     * @return whether all quotas had it
     */
    boolean allowed();

    /**
     * Returns the answer to the request.
     *
     * @return what each quota showed
     */
    QuotaDecision decision();

    /**
     * Reports how much has been used so far. The report replaces the one before, and counts only if the reservation is closed
     * without a commit, and {@link CloseCharges#LAST_REPORTED} was chosen. Does not call the store.
     *
     * @param soFar what has been used since the reservation was made, at least 0; may be more than was reserved
     * @throws IllegalArgumentException if the amount is negative
     */
    void used(long soFar);

    /**
     * Chooses what this reservation charges if it is closed before a commit is tried, in place of the service's choice.
     *
     * @param choice the choice
     * @return this reservation
     */
    QuotaReservation closeCharges(CloseCharges choice);

    /**
     * Has the library close this reservation after a time, unless it has ended: for work that may never come back. It then charges what
     * was {@linkplain CloseCharges chosen}. If that is nothing, and the work comes back after all, a commit charges
     * what was used, be it beyond the limit. The time is kept in this process: if it dies, or closes the service, the
     * amount stays charged.
     *
     * @param timeToLive from now on, more than zero, at most 365 days; in place of any that was set before
     * @return this reservation
     * @throws IllegalArgumentException if it is out of range
     */
    QuotaReservation timeToLive(Duration timeToLive);

    /**
     * Hands the reservation over: returns a text by which another process ends it ({@link QuotaService#resume}), such as a worker
     * that takes the job from a queue. From then on this object ends nothing, neither by {@code commit} nor by {@code close}.
     *
     * <p>Several processes may hold the text, as queues deliver twice: the first commit says what is charged, and
     * nothing counts twice, however late it comes. The text is good for 30 days from when it was made. Does not call
     * the store.
     *
     * @return some hundred characters of {@code A-Z a-z 0-9 - _}
     * @throws IllegalStateException if the reservation was not granted by the store, or has ended, or if the store does not remember
     *     operations
     */
    String handle();

    /**
     * Keeps the amount as it was reserved.
     *
     * @return whether this call ended the reservation
     * @throws IllegalArgumentException if a commit of another amount was tried, and may have been applied
     * @throws QuotaUnavailableException if a commit of this amount was tried, and the store is in trouble again
     */
    boolean commit();

    /**
     * Keeps what was used in place of what was reserved: the difference is given back, or charged, be it beyond the limit,
     * because it has been used.
     *
     * @param actual what was used, at least 0
     * @return whether this call ended the reservation; false if it had ended before
     * @throws IllegalArgumentException if the amount is negative, or a commit of another amount was tried and may have been applied
     * @throws IllegalStateException if the reservation was handed over, or has an idempotency key, and is older than 30
     *     days
     * @throws QuotaUnavailableException if the store is in trouble. The reservation stays charged, and the same commit may be
     *     repeated
     */
    boolean commit(long actual);

    /**
     * Gives back all that was reserved, unless a commit was tried.
     *
     * @return whether this call ended the reservation; false if it had ended before, or a commit was tried
     * @throws IllegalStateException if the reservation was handed over, or has an idempotency key, and is older than 30
     *     days
     * @throws QuotaUnavailableException if the store is in trouble. The reservation stays charged, and the call may be repeated
     */
    boolean cancel();

    /**
     * Ends the reservation: one that nobody tried to commit charges what was {@linkplain CloseCharges chosen}, and a commit that was
     * tried is tried once more. Never throws because the store is in trouble: what could not be changed stays as it is charged.
     */
    @Override
    void close();
}
