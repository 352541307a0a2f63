package dev.ratelimit.redis;

import dev.ratelimit.store.StoreException;
import java.util.Objects;

/**
 * A builder of a {@link RedisRateStore}.
 *
 * <p>Not thread-safe. It can be used once for each store; later changes do not affect stores that were built.
 */
public final class RedisRateStoreBuilder {

    private final Target target;
    private Keys keys = new Keys("ratelimit");
    private boolean noEvictionAssumed;

    RedisRateStoreBuilder(Target target) {
        this.target = target;
    }

    /**
     * Sets the namespace, which is the prefix of all keys. Stores with the same namespace share their budgets, and
     * stores with different namespaces share none. Use one namespace for all processes of an application, and a
     * different one for each application on a server. A {@link RedisQuotaStore} may have the same namespace. The
     * default is {@code ratelimit}.
     *
     * @param namespace 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @return this builder
     * @throws IllegalArgumentException if it is not that
     */
    public RedisRateStoreBuilder namespace(String namespace) {
        keys = new Keys(Objects.requireNonNull(namespace, "namespace"));
        return this;
    }

    /**
     * Declares that the server never evicts budgets, whatever its {@code maxmemory-policy} is.
     *
     * @return this builder
     */
    public RedisRateStoreBuilder assumeNoEviction() {
        noEvictionAssumed = true;
        return this;
    }

    /**
     * Connects, and checks whether the server can keep rates. It tries each kind of call once, on a budget that no
     * request uses and that it removes afterwards. Waits for some seconds at most.
     *
     * @return the store, connected
     * @throws StoreException if the server cannot be reached, refuses the password, is too old, is a replica,
     *     would evict budgets, or refuses a command that the store needs; its message names the server and says what to
     *     do
     */
    public RedisRateStore build() {
        return Opening.open(target, new RateTrial(keys), noEvictionAssumed, link -> new RedisRateStore(link, keys));
    }
}
