package dev.ratelimit.quota;

import java.time.Duration;

/**
 * A quota reservation is an amount that is counted before the caller knows how much it will use.
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
 * <p><b>Closing.</b> {@link CloseCharges} says what a reservation charges if it is closed without a commit. Once a
 * commit was tried, the reservation is never refunded, whether or not the commit succeeded. All changes apply to the
 * windows in which the reservation was made. They are possible after the end of a window for a tenth of its length, at
 * least 10 seconds and at most a day. Then the store forgets the counters, and later changes have no effect.
 *
 * <p><b>Errors.</b> A commit or a cancellation that fails throws {@link QuotaUnavailableException}, and the reservation
 * stays charged. The caller may repeat the same call, which completes what the first one began. On a store that
 * remembers operations, nothing counts twice. On any other store, an uncertain charge may count twice, and an uncertain
 * refund is not repeated.
 *
 * <p>Thread-safe; the first call of {@code commit} or {@code cancel} takes effect. Calls wait for the store, at most
 * until the deadline of the service.
 */
public interface QuotaReservation extends AutoCloseable {

    /**
     * Returns whether the amount is reserved. If not, the other methods have nothing to commit or to cancel.
     *
     * @return whether all quotas had the amount left
     */
    boolean allowed();

    /**
     * Returns the decision on the request.
     *
     * @return the decision, with the usage of each quota
     */
    QuotaDecision decision();

    /**
     * Reports the amount that has been used so far. A report replaces the previous one. It matters only if the
     * reservation is closed without a commit and with {@link CloseCharges#LAST_REPORTED}. Does not call the store.
     *
     * @param soFar the amount used since the reservation was made, at least 0; may be more than the reserved amount
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
     * Sets a time after which the library closes this reservation, unless it has ended: for work that may never return.
     * The close charges the {@linkplain CloseCharges chosen} amount. If that is nothing, and the work returns after
     * all, a commit charges the amount that was used, even above the limit. Only this process keeps the time: if the
     * process dies, or closes the service, the
     * amount stays charged.
     *
     * @param timeToLive the time from now, more than zero, at most 365 days; replaces a time set before
     * @return this reservation
     * @throws IllegalArgumentException if it is out of range
     */
    QuotaReservation timeToLive(Duration timeToLive);

    /**
     * Hands the reservation over to another process, such as a worker that takes the job from a queue. Returns a text
     * with which that process can end the reservation ({@link QuotaService#resume}). After this call, {@code commit},
     * {@code cancel} and {@code close} of this object do nothing.
     *
     * <p>Several processes may hold the text, because queues may deliver it twice. The first commit decides the charge,
     * and nothing counts twice, however late a commit comes. The text is valid for 30 days after this call. Does not
     * call the store.
     *
     * @return about a hundred characters of {@code A-Z a-z 0-9 - _}
     * @throws IllegalStateException if the reservation was not granted by the store, or has ended, or if the store does
     *     not remember operations
     */
    String handle();

    /**
     * Keeps the amount as it was reserved.
     *
     * @return whether this call ended the reservation
     * @throws IllegalArgumentException if a commit of another amount was tried, and may have been applied
     * @throws QuotaUnavailableException if a commit of this amount was tried, and the store fails again or does not
     *     answer
     */
    boolean commit();

    /**
     * Charges the amount that was used instead of the reserved amount. The difference is given back, or charged even
     * above the limit, because it has already been used.
     *
     * @param actual the amount that was used, at least 0
     * @return whether this call ended the reservation; false if it had ended before
     * @throws IllegalArgumentException if the amount is negative, or a commit of another amount was tried and may have
     *     been applied
     * @throws IllegalStateException if the reservation was handed over, or has an idempotency key, and is older than 30
     *     days
     * @throws QuotaUnavailableException if the store fails or does not answer. The reservation stays charged, and the
     *     caller may repeat the same commit
     */
    boolean commit(long actual);

    /**
     * Gives back the whole reserved amount, unless a commit was tried.
     *
     * @return whether this call ended the reservation; false if it had ended before, or a commit was tried
     * @throws IllegalStateException if the reservation was handed over, or has an idempotency key, and is older than 30
     *     days
     * @throws QuotaUnavailableException if the store fails or does not answer. The reservation stays charged, and the
     *     caller may repeat the call
     */
    boolean cancel();

    /**
     * Ends the reservation. If no commit was tried, it charges the {@linkplain CloseCharges chosen} amount. If a commit
     * was tried and failed, it is tried once more. Never throws because of the store: if the store fails, the amount
     * stays charged as it is.
     */
    @Override
    void close();
}
