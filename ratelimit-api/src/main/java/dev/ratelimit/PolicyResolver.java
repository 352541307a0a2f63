package dev.ratelimit;

/**
 * A policy resolver is a function that returns the policy of a key, for instance from a table, a directory or a
 * database.
 *
 * <pre>{@code
 * PolicyResolver<Account> byPlan = account -> switch (directory.planOf(account.id())) {
 *     case FREE -> free;
 *     case GOLD -> gold;
 * };
 * }</pre>
 *
 * <p><b>Calls.</b> The limiter calls it on the thread of a request. That request waits for it, and so do all requests
 * for the same key meanwhile. So the resolver may be slow, but should have a time limit of its own. The limiter may
 * call it for different keys at once, so it must be thread-safe. It may call the limiter that it serves, but only for
 * other keys. Where such a call would have to wait for a policy, the limiter uses the key's last known policy, or the
 * default.
 *
 * <p><b>Unknown keys.</b> Return a policy also for a key that the directory does not know. Null and exceptions mean
 * that there is no answer now: see {@link Tiers}.
 *
 * @param <K> the type of the keys
 */
@FunctionalInterface
public interface PolicyResolver<K> {

    /**
     * Returns the policy of a key.
     *
     * @param key the key; the limiter keeps no reference to it
     * @return the policy, not null
     * @throws Exception if there is no answer now
     */
    Policy resolve(K key) throws Exception;
}
