package dev.ratelimit.quota;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A quota service whose callers do not wait: the twin of {@link QuotaService}, method by method.
 *
 * <p>A wrong argument is thrown at once. All else completes the stage, on the executor that the twin was made with: with an
 * answer, or exceptionally with a {@link QuotaUnavailableException}, also where the executor takes no more. Thread-safe.
 */
public interface AsyncQuotaService {

    /**
     * Counts 1, if all quotas have it.
     *
     * @param key whose quotas
     * @return the answer
     */
    default CompletionStage<QuotaDecision> consume(String key) {
        return consume(key, 1);
    }

    /**
     * Counts an amount, if all quotas have it.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return the answer
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> consume(String key, long amount);

    /**
     * Counts an amount that may be corrected or given back.
     *
     * @param key whose quotas
     * @param amount how much at most, at least 1
     * @return the reservation, whose own methods wait for the store
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaReservation> reserve(String key, long amount);

    /**
     * Says what {@link #consume(String, long)} would answer, and counts nothing.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return the answer
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> peek(String key, long amount);

    /**
     * Gives back an amount that was consumed in the current windows.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return what each quota shows then
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<List<QuotaUsage>> decrement(String key, long amount);

    /**
     * Sets what is used in the current windows to zero.
     *
     * @param key whose quotas
     * @return completed when it is done
     * @throws IllegalArgumentException if the key is out of range
     */
    CompletionStage<Void> reset(String key);
}
