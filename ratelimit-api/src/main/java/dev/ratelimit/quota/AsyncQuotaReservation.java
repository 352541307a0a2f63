package dev.ratelimit.quota;

import java.util.concurrent.CompletionStage;

/**
 * An asynchronous quota reservation is a {@link QuotaReservation} whose callers do not wait: each change completes a stage on the
 * executor that the service was made with.
 *
 * <pre>{@code
 * quotas.reserve(customer, 4_096)
 *         .thenCompose(reserved -> reserved.granted()
 *                 ? model.ask(prompt).thenCompose(answer -> reserved.commit(answer.tokens()).thenApply(done -> answer))
 *                 : tooManyRequests());
 * }</pre>
 *
 * <p>A stage ends exceptionally with a {@link QuotaUnavailableException} where the store is in trouble. A wrong argument is thrown at
 * once. It is not closed by itself: cancel it where its work fails.
 *
 * <p>Thread-safe; the first of {@code commit} and {@code cancel} counts.
 */
public interface AsyncQuotaReservation {

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
}
