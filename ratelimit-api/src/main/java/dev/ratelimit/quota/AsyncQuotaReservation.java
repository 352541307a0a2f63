package dev.ratelimit.quota;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * An asynchronous quota reservation is a {@link QuotaReservation} whose callers do not wait: each change completes a
 * stage on the executor that the service was made with.
 *
 * <pre>{@code
 * quotas.reserve(customer, 4_096)
 *         .thenCompose(reserved -> reserved.allowed()
 *                 ? model.ask(prompt).thenCompose(answer -> reserved.commit(answer.tokens()).thenApply(done -> answer))
 *                 : tooManyRequests());
 * }</pre>
 *
 * <p>A stage ends exceptionally with a {@link QuotaUnavailableException} where the store is in trouble. A wrong
 * argument is thrown at once. Nothing closes it by itself: call {@link #close()} where its work fails.
 *
 * <p>Thread-safe; the first of {@code commit} and {@code cancel} counts.
 */
public interface AsyncQuotaReservation {

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
     * Keeps the amount as it was reserved.
     *
     * @return whether this call ended the reservation
     */
    CompletionStage<Boolean> commit();

    /**
     * Keeps what was used in place of what was reserved: see {@link QuotaReservation#commit(long)}.
     *
     * @param actual what was used, at least 0
     * @return whether this call ended the reservation
     * @throws IllegalArgumentException if the amount is negative
     */
    CompletionStage<Boolean> commit(long actual);

    /**
     * Gives back all that was reserved.
     *
     * @return whether this call ended the reservation
     */
    CompletionStage<Boolean> cancel();

    /**
     * Says what has been used so far: see {@link QuotaReservation#used(long)}. Does not call the store.
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
     * Has the library close this reservation after a time, unless it has ended: for work that may never come back. It
     * then charges what was {@linkplain CloseCharges chosen}. The time is kept in this process: if it dies, the amount
     * stays charged.
     *
     * @param timeToLive from now on, more than zero, at most 365 days; in place of any that was set before
     * @return this reservation
     * @throws IllegalArgumentException if it is out of range
     */
    AsyncQuotaReservation timeToLive(Duration timeToLive);

    /**
     * Hands the reservation over to another process: see {@link QuotaReservation#handle()}. Does not call the store.
     *
     * @return the text by which it is resumed
     * @throws IllegalStateException if it cannot be handed over
     */
    String handle();

    /**
     * Ends the reservation as {@link QuotaReservation#close()} does.
     *
     * @return completed when it is done; never with a failure of the store
     */
    CompletionStage<Void> close();
}
