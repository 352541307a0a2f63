package dev.ratelimit;

/**
 * A keyed rate limiter. Conceptually, each key owns a budget of permits that refills continuously.
 *
 * <pre>{@code
 * Limiter<String> perUser = Limiters.perKey(Rate.perSecond(1000).burstWindow(Duration.ofSeconds(5)));
 * if (!perUser.tryAcquire(userId)) return tooManyRequests();
 * }</pre>
 *
 * <p><b>Keys.</b> {@link CharSequence} (by content), {@link Long}, {@link Integer}, {@link java.util.UUID},
 * {@code byte[]} (by content), {@link java.net.InetAddress}, enums, and {@link Key} for several parts. Any other type
 * is reduced to one of these by a function that the limiter is built with. Keys of different types are different keys,
 * except that all character sequences of the same characters are one. No key is retained, but for a bounded number of
 * short strings that are asked for again and again.
 *
 * <p><b>Waiting.</b> Only {@code acquire} waits for permits, and only if the policy {@linkplain Policy#shape shapes}.
 *
 * <p><b>Memory.</b> Fixed when the limiter is built, whatever keys come. A key whose budget is full again is forgotten
 * with nothing lost. What happens to a new key when too many others are in debt was chosen when the limiter was built:
 * see {@link WhenSaturated}.
 *
 * <p><b>Errors.</b> Arguments are checked before anything changes: null is a {@link NullPointerException}; zero or
 * negative permits, and a key of an unsupported type, are an {@link IllegalArgumentException}.
 *
 * <p><b>Thread-safety.</b> All methods may be called by any number of threads; calls for one key are linearizable.
 *
 * @param <K> the type of the keys
 */
public interface Limiter<K> extends Limit<K> {

    /**
     * Fills the key's budget, as if the key had never been seen.
     *
     * @param key the key
     */
    void reset(K key);

    /**
     * Takes permits that are there, or will be within the policy's {@linkplain Policy#shape longest delay}, and says when
     * they are due. Never waits.
     *
     * @param key the key
     * @param permits how many, at least 1
     * @return the reservation, granted or not
     */
    Reservation reserve(K key, long permits);

    /**
     * Returns the policy that a key has now.
     *
     * @param key the key
     * @return the policy
     */
    Policy policy(K key);

    /**
     * Puts another policy in the place of the limiter's only one; it binds on the next call. What keys owe, and what they
     * have reserved, is kept in permits: 10 of 10 used stay used. With several rates, each takes over the debt of the one
     * that stood in its place; one that is new starts with full budgets.
     *
     * @param policy the policy
     * @throws IllegalArgumentException if one of its rates cannot be kept; the one before stays
     * @throws IllegalStateException if the limiter's policies come from a resolver
     */
    void update(Policy policy);

    /**
     * Returns all that is known of a key, in one consistent read.
     *
     * @param key the key
     * @return the snapshot
     */
    Snapshot snapshot(K key);

    /**
     * Returns how often so far a key in debt had to be forgotten for a new one ({@link WhenSaturated#EVICT}).
     *
     * @return the number of forgotten debts; other than zero, it asks for a larger {@code maximumKeys}
     */
    long evictedInDebt();
}
