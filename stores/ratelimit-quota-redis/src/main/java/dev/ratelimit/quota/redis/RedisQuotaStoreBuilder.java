package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.QuotaStoreException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A builder of a {@link RedisQuotaStore}.
 *
 * <p>Not thread-safe. It can be used once for each store; later changes do not affect stores that were built.
 */
public final class RedisQuotaStoreBuilder {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<? extends AbstractRedisClient> client;
    private final Function<AbstractRedisClient, Link> connect;
    private final boolean clientIsOurs;
    private Keys keys = new Keys("ratelimit");
    private boolean noEvictionAssumed;

    RedisQuotaStoreBuilder(
            Supplier<? extends AbstractRedisClient> client,
            Function<AbstractRedisClient, Link> connect,
            boolean clientIsOurs) {
        this.client = client;
        this.connect = connect;
        this.clientIsOurs = clientIsOurs;
    }

    /**
     * Sets what all keys begin with, so that several applications can share a server. Unless set, it is {@code ratelimit}.
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
     * Says that the server throws no counters away when its memory runs short, whatever its {@code maxmemory-policy} is.
     *
     * @return this builder
     */
    public RedisQuotaStoreBuilder assumeNoEviction() {
        noEvictionAssumed = true;
        return this;
    }

    /**
     * Connects, and checks whether the server can keep counters.
     *
     * @return the store, connected
     * @throws QuotaStoreException if the server cannot be reached, refuses the password, is too old, is a replica, or would
     *     throw counters away; its message says what to do
     */
    public RedisQuotaStore build() {
        AbstractRedisClient made = client.get();
        Link link = null;
        try {
            link = connect.apply(made);
            new StartCheck(noEvictionAssumed).check(link, PATIENCE);
            return new RedisQuotaStore(link, keys, clientIsOurs ? () -> OwnClient.close(made) : () -> {});
        } catch (RuntimeException e) {
            if (link != null) {
                link.close();
            }
            if (clientIsOurs) {
                OwnClient.close(made);
            }
            throw e instanceof RedisException ? StartCheck.unreachable("the Redis server", e) : e;
        }
    }

    /** A client that is not ours must not send a command twice, as ours does not. */
    static void check(ClientOptions options) {
        if (!options.isAutoReconnect()
                || options.getDisconnectedBehavior() != ClientOptions.DisconnectedBehavior.REJECT_COMMANDS) {
            throw new IllegalArgumentException(
                    "the client would send commands again after a disconnection, which counts them"
                            + " twice, or not connect again; give it ClientOptions with autoReconnect(true) and"
                            + " disconnectedBehavior(REJECT_COMMANDS)");
        }
    }
}
