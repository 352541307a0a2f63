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
 * <p><b>Keys.</b> Any characters, 1 to 255 bytes in UTF-8; a longer one is an {@link IllegalArgumentException}.
 *
 * <p><b>Amounts.</b> Whole numbers from 1: calls, bytes, tokens.
 *
 * <p><b>Waiting.</b> Each call waits for the store, at most until the deadline that the service was built with.
 *
 * <p><b>Errors.</b> A store in trouble is a {@link QuotaUnavailableException}, never a refusal. What is uncertain is taken as
 * spent.
 *
 * <p><b>Closing.</b> A service that leases units, or admits while its store is away, has something to give back or to count when the
 * application ends: close it, and its store after it. To close any other does nothing.
 *
 * <p>Thread-safe. It holds no threads, but for one while leased units are given back or amounts are posted.
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
     * Gives back an amount that was consumed in the current windows, down to zero.
     *
     * @param key whose quotas
     * @param amount how much, at least 1
     * @return what each quota shows now
     * @throws IllegalArgumentException if the key or the amount is out of range
     * @throws QuotaUnavailableException if the store is in trouble; then nothing may have been given back
     */
    List<QuotaUsage> decrement(String key, long amount);

    /**
     * Sets what is used in the current windows to zero.
     *
     * @param key whose quotas
     * @throws IllegalArgumentException if the key is out of range
     * @throws QuotaUnavailableException if the store is in trouble
     */
    void reset(String key);

    /**
     * Returns the quotas.
     *
     * @return at least one, in the order given
     */
    List<Quota> quotas();

    /**
     * Replaces the quotas from the next call on. What was used of a quota stays used under its name, in windows that start at
     * the same instant.
     *
     * @param first a quota
     * @param more further ones, with names of their own
     * @throws IllegalArgumentException if two have the same name
     */
    void update(Quota first, Quota... more);

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
     * Gives leased units back, and has the store count what was admitted while it was away.
     *
     * <p>Waits for the store, for each call at most until the deadline, and gives up after the first call that fails: units that
     * could not be given back stay counted, and amounts that could not be counted are kept for a later {@code close}. Never
     * throws because the store is in trouble. Requests that come later are answered as before, but nothing is leased any
     * more, and nothing is admitted without the store. The store stays open.
     */
    @Override
    void close();
}
