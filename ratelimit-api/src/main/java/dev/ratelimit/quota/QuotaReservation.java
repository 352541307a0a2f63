package dev.ratelimit.quota;

/**
 * A quota reservation is an amount counted before it is known what will be used.
 *
 * <pre>{@code
 * try (QuotaReservation reserved = quotas.reserve(customer, 4_096)) {
 *     if (!reserved.granted()) {
 *         return tooManyRequests(reserved.decision());
 *     }
 *     Answer answer = model.ask(prompt);
 *     reserved.commit(answer.tokens());
 *     return answer;
 * }
 * }</pre>
 *
 * <p>One that is closed without a commit is cancelled: so only success is charged. What it changes, it changes in the windows
 * in which it was made, also after their end, for a tenth of the window, at least 10 seconds and at most a day. Later than that
 * the counters are forgotten, and there is nothing left to correct.
 *
 * <p><b>Errors.</b> Where the store does not answer, nothing is given back ({@link QuotaUnavailableException}); the call may be
 * repeated only if certainly nothing was done.
 *
 * <p>Thread-safe; the first of {@code commit} and {@code cancel} counts.
 */
public interface QuotaReservation extends AutoCloseable {

    /**
     * Returns whether the amount is reserved. If not, there is nothing to commit or to cancel.
     *
     * @return whether all quotas had it
     */
    boolean granted();

    /**
     * Returns the answer to the request.
     *
     * @return what each quota showed
     */
    QuotaDecision decision();

    /**
     * Keeps the amount as it was reserved.
     *
     * @return whether this call ended the reservation
     */
    boolean commit();

    /**
     * Keeps what was used in place of what was reserved: the difference is given back, or charged, be it beyond the limit,
     * because it has been used.
     *
     * @param actual what was used, at least 0
     * @return whether this call ended the reservation
     * @throws IllegalArgumentException if the amount is negative
     * @throws QuotaUnavailableException if the store is in trouble
     */
    boolean commit(long actual);

    /**
     * Gives back all that was reserved.
     *
     * @return whether this call ended the reservation
     * @throws QuotaUnavailableException if the store is in trouble
     */
    boolean cancel();

    /**
     * Cancels the reservation unless it has ended. Never throws because the store is in trouble: what could not be given back
     * stays counted.
     */
    @Override
    void close();
}
