package dev.ratelimit.quota;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * A quota service counts the usage of one or more quotas by each key, in a store that other processes may share.
 *
 * <pre>{@code
 * QuotaService quotas = Quotas.builder(store)
 *         .quota(Quota.of("calls", 20_000, CalendarWindow.monthly()))
 *         .build();
 * if (!quotas.consume(customer).allowed()) {
 *     return tooManyRequests();
 * }
 * }</pre>
 *
 * <p><b>All or nothing.</b> An amount is counted on all quotas of a key or on none. Consumed and reserved amounts never
 * exceed a quota, however many processes count.
 *
 * <p><b>Keys.</b> Any characters, at least one. An empty key throws an {@link IllegalArgumentException}. For a key of
 * more than 255 bytes in UTF-8, the store gets its beginning and a hash, so that such keys stay distinct.
 *
 * <p><b>Amounts.</b> Whole numbers from 1: calls, bytes, tokens.
 *
 * <p><b>Waiting.</b> Each call waits for the store, at most until the deadline that the service was built with.
 *
 * <p><b>Errors.</b> A store that fails or does not answer causes a {@link QuotaUnavailableException}, and never a
 * refusal by a quota. Uncertain amounts are treated as spent.
 *
 * <p><b>Closing.</b> A service that prefetches units, or allows requests while its store is away, must give units back
 * or count them when the application ends. Close the service, and its store after it. For any other service, closing
 * does nothing.
 *
 * <p>Thread-safe. It has no threads, except one while it gives prefetched units back or counts owed units.
 */
public interface QuotaService extends AutoCloseable {

    /**
     * Counts one unit, if all quotas of the key have it left.
     *
     * @param key the key
     * @return the decision
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    default QuotaDecision consume(String key) {
        return consume(key, 1);
    }

    /**
     * Counts an amount, if all quotas of the key have it left.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the decision
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    QuotaDecision consume(String key, long amount);

    /**
     * Reserves an amount: counts it, so that the caller may correct it or give it back once it knows what it used.
     *
     * @param key the key
     * @param amount the most units that will be used, at least 1
     * @return the reservation; its {@link QuotaReservation#allowed()} says whether the amount was reserved
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    QuotaReservation reserve(String key, long amount);

    /**
     * Counts an amount once for each idempotency key, however often the caller repeats the call: for clients that
     * retry, and queues that deliver twice. A repetition gets the first decision, even if it has another amount. A
     * refusal is not remembered.
     *
     * <p>The store remembers a decision for a day, but not longer than the window in which the amount was counted. A
     * repetition after that is counted again. Such a request always calls the store, and never takes prefetched units.
     * While the store is away it fails, whatever {@link dev.ratelimit.WhenUnavailable} says, because only the store
     * knows whether it was counted.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @param idempotencyKey the text that identifies the request in all repetitions, such as its id; not empty; not
     *     shared by two keys
     * @return the decision
     * @throws IllegalArgumentException if an argument is out of range
     * @throws IllegalStateException if the store does not remember operations, or cannot decide all quotas of the key
     *     atomically
     * @throws QuotaUnavailableException if the store fails or does not answer; the caller may repeat the call
     */
    QuotaDecision consume(String key, long amount, String idempotencyKey);

    /**
     * Reserves an amount once for each idempotency key, however often the caller repeats the call: see
     * {@link #consume(String, long, String)}. A {@code consume} and a {@code reserve} with the same idempotency key are
     * two requests.
     *
     * <p>A repetition gets the same reservation. It is committed once, by the first object that does so in any process.
     * A close that charges an amount is a commit. After that, a repetition gets the first answer, and charges nothing
     * more. After a cancellation, or a close that charged nothing, a repetition reserves anew. If another object of the
     * cancelled reservation then commits, its amount is charged, even above the limit, because it has already been
     * used.
     *
     * <p>The store remembers a commit for as long as the window, but at most 30 days. Such a reservation costs one more
     * call of the store than one without an idempotency key.
     *
     * @param key the key
     * @param amount the most units that will be used, at least 1
     * @param idempotencyKey the text that identifies the request in all repetitions; not empty; not shared by two keys
     * @return the reservation; its {@link QuotaReservation#allowed()} says whether the amount was reserved
     * @throws IllegalArgumentException if an argument is out of range
     * @throws IllegalStateException if the store does not remember operations, or cannot decide all quotas of the key
     *     atomically
     * @throws QuotaUnavailableException if the store fails or does not answer; the caller may repeat the call
     */
    QuotaReservation reserve(String key, long amount, String idempotencyKey);

    /**
     * Returns a reservation that this or another process handed over. Does not call the store. The reservation is
     * committed once, by the first process that does so. A later {@code commit} of another process completes the first
     * one, and returns false if it asked for another amount. If one process has cancelled or closed the reservation,
     * and another commits it after all, the amount is charged.
     *
     * <p><b>Late deliveries.</b> A handle is valid for 30 days. After that, {@code commit} and {@code cancel} throw an
     * {@link IllegalStateException}, and the reservation stays charged as it is. If a handle is used again more than 23
     * hours after its commit, {@code commit} and {@code cancel} change nothing and return false, because the store may
     * have forgotten the correction. The same holds for {@code cancel} if it was cancelled.
     *
     * @param handle the text that {@link QuotaReservation#handle()} returned, from a service on the same store
     * @return the reservation, which has this service's choice of {@link CloseCharges}
     * @throws IllegalArgumentException if the text is not a handle
     */
    QuotaReservation resume(String handle);

    /**
     * Returns the decision that {@link #consume(String)} would give, but with the usage before it, and counts nothing.
     *
     * @param key the key
     * @return the decision
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    default QuotaDecision peek(String key) {
        return peek(key, 1);
    }

    /**
     * Returns the decision that {@link #consume(String, long)} would give, but with the usage before it, and counts
     * nothing.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the decision
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    QuotaDecision peek(String key, long amount);

    /**
     * Gives back an amount that was consumed in the current windows, down to zero. Units that the service allowed while
     * the store was away, and that the store has not counted yet, are given back first. This needs no store.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the usage of each quota now
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer; then the amount may not have been given
     *     back
     */
    List<QuotaUsage> decrement(String key, long amount);

    /**
     * Gives back an amount that a decision allowed, in the windows in which it was counted, also after their end. So an
     * amount consumed before midnight is not subtracted from the new day. For counters that the store has forgotten
     * since, the call does nothing. What the store has
     * not counted yet is taken back without it.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @param consumed the decision, which must have allowed
     * @return the usage of each quota now, in the window of the decision
     * @throws IllegalArgumentException if the key or the amount is out of range, or the decision refused
     * @throws QuotaUnavailableException if the store fails or does not answer; then the amount may not have been given
     *     back
     */
    List<QuotaUsage> decrement(String key, long amount, QuotaDecision consumed);

    /**
     * Counts an amount that has already been used on all quotas of the key, also above their limits.
     *
     * @param key the key
     * @param amount the number of units, at least 1
     * @return the usage of each quota now, which may be above its limit
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    List<QuotaUsage> charge(String key, long amount);

    /**
     * Adds credit to the {@linkplain CalendarWindow#lifetime() lifetime} quota of a key: raises its limit by an amount,
     * permanently and for all processes. Credits add up, and the usage stays.
     *
     * @param key whose quota
     * @param amount the number of units, at least 1
     * @throws IllegalArgumentException if the key or the amount is out of range, or the key has no lifetime quota, or
     *     more than one
     * @throws QuotaUnavailableException if the store fails or does not answer; if that is uncertain, the credit may
     *     have been added
     */
    void topUp(String key, long amount);

    /**
     * Sets the usage of a key in the current windows to zero. The service also drops the units that it has allowed
     * while the store was away, and does not add them to the counters later.
     *
     * @param key the key
     * @throws IllegalArgumentException if the key is out of range
     * @throws QuotaUnavailableException if the store fails or does not answer
     */
    void reset(String key);

    /**
     * Returns the quotas of all keys. For a service with plans, these are the quotas of the default plan.
     *
     * @return at least one quota, in the order in which they were configured
     */
    List<Quota> quotas();

    /**
     * Returns the quotas that a key has now. A service with plans may call the resolver and wait for it.
     *
     * @param key the key
     * @return at least one quota
     */
    List<Quota> quotas(String key);

    /**
     * Replaces the quotas from the next call on. A quota keeps the usage of the quota with the same name, in windows
     * with the same length and start.
     *
     * @param first a quota
     * @param more further quotas, with different names
     * @throws IllegalArgumentException if two have the same name
     * @throws IllegalStateException if the service has plans, whose resolver decides about changes
     */
    void update(Quota first, Quota... more);

    /**
     * Forgets the plan of a key in this process, so that the next call asks the resolver. The usage of the key stays:
     * see {@link QuotaPlans}. Does nothing if the service has no plans.
     *
     * @param key the key whose plan has changed
     */
    void planChanged(String key);

    /**
     * Returns the methods for operators of this service.
     *
     * @return the operations: lists, past windows, and resets of many keys
     */
    QuotaOperations operations();

    /**
     * Returns the same service for callers that do not wait.
     *
     * @param executor runs the calls that wait for the store; its threads bound the number of calls under way at once
     * @return the asynchronous service
     */
    AsyncQuotaService async(Executor executor);

    /**
     * Returns the figures of this service's own work, and the state of its store. Does not call the store.
     *
     * @return the figures at this moment
     */
    QuotaStatistics statistics();

    /**
     * Gives prefetched units back, and counts owed units in the store, which the service allowed while the store was
     * away.
     *
     * <p>Waits for the store, for each call at most until the deadline, and stops after the first call that fails.
     * Units that could not be given back stay counted. Owed units that could not be counted are kept for a later
     * {@code close}. Never throws because of the store. The store stays open. On an interrupted thread, {@code close}
     * does all of this, too, and the thread is interrupted afterwards.
     *
     * <p>A closed service still answers requests from the store. It prefetches no more units, it allows nothing without
     * the store, and no time to live ends a reservation.
     */
    @Override
    void close();
}
