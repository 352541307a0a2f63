package dev.ratelimit.quota;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A quota service whose callers do not wait: the twin of {@link QuotaService}, method by method.
 *
 * <p>A wrong argument is thrown at once. All else completes the stage, on the executor that the twin was made with:
 * with an answer, or exceptionally with a {@link QuotaUnavailableException}, also where the executor takes no more.
 * Thread-safe.
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
     * @return the reservation, whose own methods do not wait either
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<AsyncQuotaReservation> reserve(String key, long amount);

    /**
     * Counts an amount once, however often it is asked for with one idempotency key: see
     * {@link QuotaService#consume(String, long, String)}.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @param idempotencyKey what a repetition has in common with the first; not empty
     * @return the answer
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> consume(String key, long amount, String idempotencyKey);

    /**
     * Reserves an amount once, however often it is asked for with one idempotency key: see
     * {@link QuotaService#reserve(String, long, String)}.
     *
     * @param key whose quotas
     * @param amount how much at most, at least 1
     * @param idempotencyKey what a repetition has in common with the first; not empty
     * @return the reservation
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<AsyncQuotaReservation> reserve(String key, long amount, String idempotencyKey);

    /**
     * Returns the reservation that was handed over: see {@link QuotaService#resume(String)}. Does not call the store.
     *
     * @param handle what {@code handle()} of a reservation returned
     * @return the reservation
     * @throws IllegalArgumentException if it is no handle
     */
    AsyncQuotaReservation resume(String handle);

    /**
     * Says what {@link #consume(String)} would answer, and counts nothing.
     *
     * @param key whose quotas
     * @return the answer
     */
    default CompletionStage<QuotaDecision> peek(String key) {
        return peek(key, 1);
    }

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
     * Gives back an amount that a decision allowed, in the windows in which it was counted: see
     * {@link QuotaService#decrement(String, long, QuotaDecision)}.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @param consumed the decision, which must have allowed
     * @return what each quota shows then
     * @throws IllegalArgumentException if the key or the amount is out of range, or the decision refused
     */
    CompletionStage<List<QuotaUsage>> decrement(String key, long amount, QuotaDecision consumed);

    /**
     * Counts an amount that has been used already, whatever the limits: see {@link QuotaService#charge(String, long)}.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return what each quota shows then
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<List<QuotaUsage>> charge(String key, long amount);

    /**
     * Gives a key credit on top of its lifetime quota: see {@link QuotaService#topUp(String, long)}.
     *
     * @param key whose quota
     * @param amount how much more, at least 1
     * @return completed when it is done
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<Void> topUp(String key, long amount);

    /**
     * Sets what is used in the current windows to zero.
     *
     * @param key whose quotas
     * @return completed when it is done
     * @throws IllegalArgumentException if the key is out of range
     */
    CompletionStage<Void> reset(String key);

    /**
     * Returns the quotas that all keys have; of a service with plans, those of the default plan.
     *
     * @return at least one, in the order given
     */
    List<Quota> quotas();

    /**
     * Returns the quotas that a key has now; the executor's thread asks the resolver of plans, if there is one.
     *
     * @param key whose quotas
     * @return at least one
     * @throws IllegalArgumentException if the key is empty
     */
    CompletionStage<List<Quota>> quotas(String key);

    /**
     * Replaces the quotas from the next call on: see {@link QuotaService#update(Quota, Quota...)}. Waits for nothing.
     *
     * @param first a quota
     * @param more further ones, with names of their own
     * @throws IllegalArgumentException if two have the same name
     * @throws IllegalStateException if the service has plans, which say by themselves what changes
     */
    void update(Quota first, Quota... more);

    /**
     * Forgets the plan of a key, so that the next call asks the resolver. Waits for nothing.
     *
     * @param key whose plan has changed
     */
    void planChanged(String key);
}
