package dev.ratelimit;

/**
 * A policy resolver is a function that says which policy a key has: by a table, a directory, a database.
 *
 * <pre>{@code
 * PolicyResolver<Account> byPlan = account -> switch (directory.planOf(account.id())) {
 *     case FREE -> free;
 *     case GOLD -> gold;
 * };
 * }</pre>
 *
 * <p><b>Calls.</b> It is called on the thread of a caller of the limiter, who waits for it, as do the others who ask for
 * the same key meanwhile. So it may be slow, but should have a time limit of its own. It may be called for different keys
 * at once, and must be thread-safe. It may ask the limiter that it serves only for other keys; then it gets the key's last
 * known policy, or the default, where it would have to wait.
 *
 * <p><b>Unknown keys.</b> A key that the directory does not know has a policy, too: name one. Null and exceptions mean
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
