package dev.ratelimit.quota;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An asynchronous quota service has the methods of {@link QuotaService}, but its callers do not wait.
 *
 * <p>A bad argument throws an exception at once. Every other outcome completes the stage, on the executor given to
 * {@link QuotaService#async}: with an answer, or exceptionally with a {@link QuotaUnavailableException}, also if the
 * executor rejects the task. Thread-safe.
 */
public interface AsyncQuotaService {

    /**
     * Counts one unit, if all quotas of the key have it left.
     *
     * @param key the key
     * @return the decision
     */
    default CompletionStage<QuotaDecision> consume(String key) {
        return consume(key, 1);
    }

    /**
     * Counts an amount, if all quotas of the key have it left.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the decision
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> consume(String key, long amount);

    /**
     * Reserves an amount: counts it, so that the caller may correct it or give it back later.
     *
     * @param key the key
     * @param amount the most units that will be used, at least 1
     * @return the reservation, whose methods do not wait either
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<AsyncQuotaReservation> reserve(String key, long amount);

    /**
     * Counts an amount once for each idempotency key, however often the caller repeats the call: see
     * {@link QuotaService#consume(String, long, String)}.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @param idempotencyKey the text that identifies the request in all repetitions; not empty
     * @return the decision
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> consume(String key, long amount, String idempotencyKey);

    /**
     * Reserves an amount once for each idempotency key, however often the caller repeats the call: see
     * {@link QuotaService#reserve(String, long, String)}.
     *
     * @param key the key
     * @param amount the most units that will be used, at least 1
     * @param idempotencyKey the text that identifies the request in all repetitions; not empty
     * @return the reservation
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<AsyncQuotaReservation> reserve(String key, long amount, String idempotencyKey);

    /**
     * Returns a reservation that was handed over: see {@link QuotaService#resume(String)}. Does not call the store.
     *
     * @param handle the text that {@code handle()} of a reservation returned
     * @return the reservation
     * @throws IllegalArgumentException if the text is not a handle
     */
    AsyncQuotaReservation resume(String handle);

    /**
     * Returns the decision that {@link #consume(String)} would give, and counts nothing.
     *
     * @param key the key
     * @return the decision
     */
    default CompletionStage<QuotaDecision> peek(String key) {
        return peek(key, 1);
    }

    /**
     * Returns the decision that {@link #consume(String, long)} would give, and counts nothing.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the decision
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<QuotaDecision> peek(String key, long amount);

    /**
     * Gives back an amount that was consumed in the current windows.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the usage of each quota after the call
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<List<QuotaUsage>> decrement(String key, long amount);

    /**
     * Gives back an amount that a decision allowed, in the windows in which it was counted: see
     * {@link QuotaService#decrement(String, long, QuotaDecision)}.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @param consumed the decision, which must have allowed
     * @return the usage of each quota after the call
     * @throws IllegalArgumentException if the key or the amount is out of range, or the decision refused
     */
    CompletionStage<List<QuotaUsage>> decrement(String key, long amount, QuotaDecision consumed);

    /**
     * Counts an amount that has already been used, also above the limits: see
     * {@link QuotaService#charge(String, long)}.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the usage of each quota after the call
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<List<QuotaUsage>> charge(String key, long amount);

    /**
     * Adds credit to the lifetime quota of a key: see {@link QuotaService#topUp(String, long)}.
     *
     * @param key whose quota
     * @param amount the number of units, at least 1
     * @return a stage that completes when the store has done it
     * @throws IllegalArgumentException if the key or the amount is out of range
     */
    CompletionStage<Void> topUp(String key, long amount);

    /**
     * Sets the usage of a key in the current windows to zero.
     *
     * @param key the key
     * @return a stage that completes when the store has done it
     * @throws IllegalArgumentException if the key is out of range
     */
    CompletionStage<Void> reset(String key);

    /**
     * Returns the quotas of all keys. For a service with plans, these are the quotas of the default plan.
     *
     * @return at least one quota, in the order in which they were configured
     */
    List<Quota> quotas();

    /**
     * Returns the quotas that a key has now. If the service has plans, the executor's thread calls the resolver.
     *
     * @param key the key
     * @return at least one quota
     * @throws IllegalArgumentException if the key is empty
     */
    CompletionStage<List<Quota>> quotas(String key);

    /**
     * Replaces the quotas from the next call on: see {@link QuotaService#update(Quota, Quota...)}. Does not wait.
     *
     * @param first a quota
     * @param more further quotas, with different names
     * @throws IllegalArgumentException if two have the same name
     * @throws IllegalStateException if the service has plans, whose resolver decides about changes
     */
    void update(Quota first, Quota... more);

    /**
     * Forgets the plan of a key, so that the next call asks the resolver. Does not wait.
     *
     * @param key the key whose plan has changed
     */
    void planChanged(String key);
}
