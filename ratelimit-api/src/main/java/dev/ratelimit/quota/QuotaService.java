package dev.ratelimit.quota;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * A quota service counts what each key uses of one quota or several, in a store that other processes may share.
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
 * <p><b>All or nothing.</b> An amount is counted on all quotas or on none, and no quota is ever exceeded by what is consumed
 * or reserved, by however many processes.
 *
 * <p><b>Keys.</b> Any characters, at least one; an empty key is an {@link IllegalArgumentException}. Of a key with more than 255 bytes
 * in UTF-8, the store gets the beginning and a hash, so that each is counted by itself.
 *
 * <p><b>Amounts.</b> Whole numbers from 1: calls, bytes, tokens.
 *
 * <p><b>Waiting.</b> Each call waits for the store, at most until the deadline that the service was built with.
 *
 * <p><b>Errors.</b> A store in trouble is a {@link QuotaUnavailableException}, never a refusal. What is uncertain is taken as
 * spent.
 *
 * <p><b>Closing.</b> A service that prefetches units, or allows while its store is away, has something to give back or to count when the
 * application ends: close it, and its store after it. To close any other does nothing.
 *
 * <p>Thread-safe. It holds no threads, but for one while prefetched units are given back or amounts are posted.
 */
public interface QuotaService extends AutoCloseable {

    /**
     * Counts 1, if all quotas have it.
     *
     * @param key whose quotas
     * @return the answer
     * @throws QuotaUnavailableException if the store is in trouble
     */
    default QuotaDecision consume(String key) {
        return consume(key, 1);
    }

    /**
     * Counts an amount, if all quotas have it.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return the answer
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    QuotaDecision consume(String key, long amount);

    /**
     * Counts an amount that may be corrected or given back once it is known what was used.
     *
     * @param key whose quotas
     * @param amount how much at most, at least 1
     * @return the reservation, to be asked whether it was granted
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    QuotaReservation reserve(String key, long amount);

    /**
     * Counts an amount once, however often it is asked for with one idempotency key: for callers that repeat requests, and queues that
     * deliver twice. A repetition gets the answer that was given first, also with another amount. A refusal is not remembered.
     *
     * <p>An answer is remembered for a day, and not longer than the window in which it was counted: after that, it is counted anew. Such
     * a request is counted by itself, and not from prefetched units. While the store is away it fails, whatever the service does then with
     * others: only the store knows whether it was counted.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @param idempotencyKey what a repetition has in common with the first, such as a request's id; not empty; of one key only
     * @return the answer
     * @throws IllegalArgumentException if an argument is out of range
     * @throws IllegalStateException if the store does not remember operations, or does not decide the key's quotas as one
     * @throws QuotaUnavailableException if the store is in trouble; the same may be asked again
     */
    QuotaDecision consume(String key, long amount, String idempotencyKey);

    /**
     * Reserves an amount once, however often it is asked for with one idempotency key: see {@link #consume(String,
     * long, String)}. To consume and to reserve with one key are two requests.
     *
     * <p>A repetition gets the same reservation. It is committed once, by the first object that does so in any process,
     * and a close that charges something is a commit. After that a repetition is answered as the first time, and
     * charges nothing more. After a cancellation, or a close that charged nothing, a repetition reserves anew; and
     * another object of the same reservation that commits is charged what it commits, be it beyond the limit, because
     * it has been used.
     *
     * <p>A commit is known for as long as the window, 30 days at most. Such a reservation costs a call of the store
     * more than one without a key.
     *
     * @param key whose quotas
     * @param amount how much at most, at least 1
     * @param idempotencyKey what a repetition has in common with the first; not empty; of one key only
     * @return the reservation, to be asked whether it was granted
     * @throws IllegalArgumentException if an argument is out of range
     * @throws IllegalStateException if the store does not remember operations, or does not decide the key's quotas as one
     * @throws QuotaUnavailableException if the store is in trouble; the same may be asked again
     */
    QuotaReservation reserve(String key, long amount, String idempotencyKey);

    /**
     * Returns the reservation that another process, or this one, handed over. Does not call the store. It is committed
     * once, by the first process that does so: {@code commit} of others then completes what that one said, and returns
     * false if they said otherwise. What one process has cancelled or closed is charged if another commits it after
     * all.
     *
     * <p><b>Late deliveries.</b> A handle lives for 30 days. After that {@code commit} and {@code cancel} throw an
     * {@link IllegalStateException}, and the reservation stays charged as it is. When a handle comes again more than 23
     * hours after it was committed, {@code commit} and {@code cancel} change nothing and return false, since the store
     * may have forgotten the correction; so does {@code cancel} when it was cancelled.
     *
     * @param handle what {@link QuotaReservation#handle()} returned, from a service on the same store
     * @return the reservation, which charges when closed what this service was told
     * @throws IllegalArgumentException if it is no handle
     */
    QuotaReservation resume(String handle);

    /**
     * Says what {@link #consume(String)} would answer, with what is used before it, and counts nothing.
     *
     * @param key whose quotas
     * @return the answer
     * @throws QuotaUnavailableException if the store is in trouble
     */
    default QuotaDecision peek(String key) {
        return peek(key, 1);
    }

    /**
     * Says what {@link #consume(String, long)} would answer, with what is used before it, and counts nothing.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return the answer
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    QuotaDecision peek(String key, long amount);

    /**
     * Gives back an amount that was consumed in the current windows, down to zero. What was allowed while the store was away, and is not
     * counted there yet, is taken back first, which needs no store.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return what each quota shows now
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble; then nothing may have been given back
     */
    List<QuotaUsage> decrement(String key, long amount);

    /**
     * Gives back an amount that a decision allowed, in the windows in which it was counted, also after their end: one that was consumed
     * before midnight does not come off the new day. Counters that have been forgotten since then stay forgotten. What the store has
     * not counted yet is taken back without it.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @param consumed the decision, which must have allowed
     * @return what each quota shows now in the window of the decision
     * @throws IllegalArgumentException if the key or the amount is out of range, or the decision refused
     * @throws QuotaUnavailableException if the store is in trouble; then nothing may have been given back
     */
    List<QuotaUsage> decrement(String key, long amount, QuotaDecision consumed);

    /**
     * Counts an amount that has been used already, on all quotas, whatever their limits; also when they are exhausted.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return what each quota shows now, which may be above its limit
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    List<QuotaUsage> charge(String key, long amount);

    /**
     * Gives a key credit on top of its quota of {@link CalendarWindow#lifetime()}: the limit is higher by it, for good and for all
     * processes. It adds up, and what is used stays used.
     *
     * @param key whose quota
     * @param amount how much more, at least 1
     * @throws IllegalArgumentException if the key or the amount is out of range, or the key has no lifetime quota, or several
     * @throws QuotaUnavailableException if the store is in trouble; where it is uncertain, the credit may have been given
     */
    void topUp(String key, long amount);

    /**
     * Sets what is used in the current windows to zero. What this service allowed before, while the store was away, does not come back
     * later either.
     *
     * @param key whose quotas
     * @throws IllegalArgumentException if the key is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    void reset(String key);

    /**
     * Returns the quotas that all keys have; of a service with plans, those of the default plan.
     *
     * @return at least one, in the order given
     */
    List<Quota> quotas();

    /**
     * Returns the quotas that a key has now. Of a service with plans, the resolver may be asked, and waited for.
     *
     * @param key whose quotas
     * @return at least one
     */
    List<Quota> quotas(String key);

    /**
     * Replaces the quotas from the next call on. What was used of a quota stays used under its name, in windows of the same length that
     * start at the same instant.
     *
     * @param first a quota
     * @param more further ones, with names of their own
     * @throws IllegalArgumentException if two have the same name
     * @throws IllegalStateException if the service has plans, which say by themselves what changes
     */
    void update(Quota first, Quota... more);

    /**
     * Forgets the plan of a key in this process, so that the next call asks the resolver. What the key has used stays used: see
     * {@link QuotaPlans}. Does nothing where all keys have the same quotas.
     *
     * @param key whose plan has changed
     */
    void planChanged(String key);

    /**
     * Returns what operators ask of this service.
     *
     * @return lists, past windows, and resets of many keys
     */
    QuotaOperations operations();

    /**
     * Returns the same service for callers that do not wait.
     *
     * @param executor where the store is waited for; it bounds how many calls are under way at once
     * @return the asynchronous twin
     */
    AsyncQuotaService async(Executor executor);

    /**
     * Returns what the service has counted of its own work, and how it stands with its store. Does not call the store.
     *
     * @return the figures at this moment
     */
    QuotaStatistics statistics();

    /**
     * Gives prefetched units back, and has the store count what was allowed while it was away.
     *
     * <p>Waits for the store, for each call at most until the deadline, and gives up after the first call that fails: units that
     * could not be given back stay counted, and amounts that could not be counted are kept for a later {@code close}. Never
     * throws because the store is in trouble. Requests that come later are answered as before, but nothing is prefetched any
     * more, nothing is allowed without the store, and no time to live ends a reservation. The store stays open. On an interrupted
     * thread all this is done, too, and the thread is interrupted afterwards.
     */
    @Override
    void close();
}
