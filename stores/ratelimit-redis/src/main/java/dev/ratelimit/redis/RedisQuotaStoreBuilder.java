package dev.ratelimit.redis;

import dev.ratelimit.store.StoreException;
import java.util.Objects;

/**
 * A builder of a {@link RedisQuotaStore}.
 *
 * <p>Not thread-safe. It can be used once for each store; later changes do not affect stores that were built.
 */
public final class RedisQuotaStoreBuilder {

    private final Target target;
    private Keys keys = new Keys("ratelimit");
    private boolean noEvictionAssumed;

    RedisQuotaStoreBuilder(Target target) {
        this.target = target;
    }

    /**
     * Sets the namespace, which is the prefix of all keys. Stores with the same namespace share their counters, and
     * stores with different namespaces share none. Use one namespace for all processes of an application, and a
     * different one for each application on a server. Otherwise quotas with the same name would be one quota. The
     * default is {@code ratelimit}.
     *
     * @param namespace 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @return this builder
     * @throws IllegalArgumentException if it is not that
     */
    public RedisQuotaStoreBuilder namespace(String namespace) {
        keys = new Keys(Objects.requireNonNull(namespace, "namespace"));
        return this;
    }

    /**
     * Declares that the server never evicts counters, whatever its {@code maxmemory-policy} is.
     *
     * @return this builder
     */
    public RedisQuotaStoreBuilder assumeNoEviction() {
        noEvictionAssumed = true;
        return this;
    }

    /**
     * Connects, and checks whether the server can keep counters. It tries each kind of call once, on counters that no
     * request uses and that it removes afterwards. Waits for some seconds at most.
     *
     * @return the store, connected
     * @throws StoreException if the server cannot be reached, refuses the password, is too old, is a replica,
     *     would evict counters, or refuses a command that the store needs; its message names the server and says what
     *     to do
     */
    public RedisQuotaStore build() {
        return Opening.open(target, new CounterTrial(keys), noEvictionAssumed, link -> new RedisQuotaStore(link, keys));
    }
}
