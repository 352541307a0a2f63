package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A Redis rate store is a {@link RateStore} that keeps budgets in Redis or Valkey: in one server, in the master that
 * Sentinels name, or in a cluster.
 *
 * <p>Each operation is one call of a script, which the server runs atomically. It computes exactly what
 * {@link BudgetState} computes. The operations of one {@link #apply} are sent together, on one connection that all
 * callers share. The clock of a budget is that of the server that has its key. Redis removes a budget by itself, a
 * second after it is full.
 *
 * <p><b>Failover.</b> The store replaces its connections as {@link RedisQuotaStore} does. If the new master's clock is
 * behind, the debts of all budgets grow by the difference; if it is ahead, they shrink by it.
 *
 * <p><b>Durability.</b> The store keeps what the server's persistence and replication keep. After a crash or a failover
 * that loses writes, the lost permits may be granted again.
 *
 * <p><b>Errors.</b> An operation that was not written by the deadline, or that the server refused, is
 * {@link Certainty#NOT_APPLIED}; so is an operation on a budget whose key contains something else. An operation that
 * was written and has no answer is {@link Certainty#INDETERMINATE}. The store never repeats a command by itself.
 *
 * <p><b>Waiting.</b> {@link #apply} waits until its deadline. Connecting waits for some seconds.
 *
 * <p><b>Thread-safety.</b> Thread-safe.
 */
public final class RedisRateStore implements RateStore {

    private static final int MAX_BATCH = 256;
    private static final Duration DEFAULT_DEADLINE = Duration.ofMillis(50);

    private final Link link;
    private final Keys keys;
    private final AtomicBoolean closed = new AtomicBoolean();

    RedisRateStore(Link link, Keys keys) {
        this.link = link;
        this.keys = keys;
    }

    /**
     * Connects to a server, or to the master that Sentinels name. The store keeps its budgets in the namespace
     * {@code ratelimit}; applications that share a server each set their own, see
     * {@link RedisRateStoreBuilder#namespace}.
     *
     * @param server where it is, with user, password and TLS; or the Sentinels and the master's name
     * @return the store
     * @throws StoreException if the server cannot be reached or cannot keep rates; its message says what to do
     */
    public static RedisRateStore connect(RedisURI server) {
        return builder(server).build();
    }

    /**
     * Connects to a cluster. The store keeps its budgets in the namespace {@code ratelimit}, see
     * {@link RedisRateStoreBuilder#namespace}.
     *
     * @param nodes some of its nodes, at least one
     * @return the store
     * @throws StoreException if the cluster cannot be reached or cannot keep rates; its message says what to do
     */
    public static RedisRateStore connectCluster(RedisURI... nodes) {
        return clusterBuilder(nodes).build();
    }

    /**
     * Returns a builder of a store on a server, or on the master that Sentinels name.
     *
     * @param server where it is, with user, password and TLS; or the Sentinels and the master's name
     * @return the builder
     */
    public static RedisRateStoreBuilder builder(RedisURI server) {
        return new RedisRateStoreBuilder(new Target.Server(Objects.requireNonNull(server, "server")));
    }

    /**
     * Returns a builder of a store on a cluster.
     *
     * @param nodes some of its nodes, at least one
     * @return the builder
     * @throws IllegalArgumentException if there are none
     */
    public static RedisRateStoreBuilder clusterBuilder(RedisURI... nodes) {
        return new RedisRateStoreBuilder(new Target.Cluster(List.of(nodes)));
    }

    /**
     * Returns a builder of a store that uses an existing client. The application closes the client. The store opens its
     * own connection. The client may have any options, which the store does not change: the store itself reconnects,
     * and sends nothing a second time.
     *
     * @param client has a default address; Lettuce 6.6 to 7.7
     * @return the builder
     */
    public static RedisRateStoreBuilder builder(RedisClient client) {
        return new RedisRateStoreBuilder(new Target.OfClient(Objects.requireNonNull(client, "client")));
    }

    /**
     * Returns a builder of a store on the cluster of an existing client. The application closes the client. The store
     * creates its own client, with the threads, addresses, credentials, TLS and protocol of the given one. The given
     * client is not changed, and may have any other options.
     *
     * @param client the client; Lettuce 6.6 to 7.7
     * @return the builder
     */
    public static RedisRateStoreBuilder builder(RedisClusterClient client) {
        return new RedisRateStoreBuilder(new Target.OfClusterClient(Objects.requireNonNull(client, "client")));
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    /** Fifty milliseconds: some hundred times what a server nearby takes. */
    @Override
    public Duration defaultDeadline() {
        return DEFAULT_DEADLINE;
    }

    @Override
    public List<RateOutcome> apply(List<RateOperation> operations, Deadline deadline) {
        if (operations.isEmpty() || operations.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "operations must be 1 to " + MAX_BATCH + ", but were " + operations.size());
        }
        if (closed.get()) {
            throw new StoreException(Certainty.NOT_APPLIED, "the store is closed", null);
        }
        if (deadline.hasPassed()) {
            throw new StoreException(Certainty.NOT_APPLIED, "the deadline had passed before the call began", null);
        }
        // Without lambdas: the first call of an application loads no class.
        List<Request<RateOutcome>> requests = new ArrayList<>(operations.size());
        for (RateOperation operation : operations) {
            requests.add(RateRequests.of(operation, keys));
        }
        Batch<RateOutcome> batch = new Batch<>(requests);
        batch.send(link, deadline);
        return batch.outcomes();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.close();
        }
    }
}
