package dev.ratelimit.quota;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * An asynchronous quota reservation is a {@link QuotaReservation} whose methods do not wait. Each change completes a
 * stage on the executor of the asynchronous service.
 *
 * <pre>{@code
 * quotas.reserve(customer, 4_096)
 *         .thenCompose(reserved -> reserved.allowed()
 *                 ? model.ask(prompt).thenCompose(answer -> reserved.commit(answer.tokens()).thenApply(done -> answer))
 *                 : tooManyRequests());
 * }</pre>
 *
 * <p>A stage ends exceptionally with a {@link QuotaUnavailableException} if the store fails or does not answer. A bad
 * argument throws an exception at once. The caller must call {@link #close()} if its work fails, because nothing else
 * closes the reservation.
 *
 * <p>Thread-safe; the first call of {@code commit} or {@code cancel} takes effect.
 */
public interface AsyncQuotaReservation {

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
     * Keeps the amount as it was reserved.
     *
     * @return whether this call ended the reservation
     */
    CompletionStage<Boolean> commit();

    /**
     * Charges the amount that was used instead of the reserved amount: see {@link QuotaReservation#commit(long)}.
     *
     * @param actual the amount that was used, at least 0
     * @return whether this call ended the reservation
     * @throws IllegalArgumentException if the amount is negative
     */
    CompletionStage<Boolean> commit(long actual);

    /**
     * Gives back the whole reserved amount.
     *
     * @return whether this call ended the reservation
     */
    CompletionStage<Boolean> cancel();

    /**
     * Reports the amount that has been used so far: see {@link QuotaReservation#used(long)}. Does not call the store.
     *
     * @param soFar the amount, at least 0
     * @throws IllegalArgumentException if it is negative
     */
    void used(long soFar);

    /**
     * Chooses what this reservation charges when it is closed without a commit. Does not call the store.
     *
     * @param choice the choice
     * @return this reservation
     */
    AsyncQuotaReservation closeCharges(CloseCharges choice);

    /**
     * Sets a time after which the library closes this reservation, unless it has ended: for work that may never return.
     * The close charges the {@linkplain CloseCharges chosen} amount. Only this process keeps the time: if the process
     * dies, the amount stays charged.
     *
     * @param timeToLive the time from now, more than zero, at most 365 days; replaces a time set before
     * @return this reservation
     * @throws IllegalArgumentException if it is out of range
     */
    AsyncQuotaReservation timeToLive(Duration timeToLive);

    /**
     * Returns a handle that hands the reservation over to another process: see {@link QuotaReservation#handle()}. Does
     * not call the store.
     *
     * @return the text with which another process resumes the reservation
     * @throws IllegalStateException if it cannot be handed over
     */
    String handle();

    /**
     * Ends the reservation as {@link QuotaReservation#close()} does.
     *
     * @return a stage that completes when the reservation has ended; never with a failure of the store
     */
    CompletionStage<Void> close();
}
