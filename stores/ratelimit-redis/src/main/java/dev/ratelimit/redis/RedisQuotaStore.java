package dev.ratelimit.redis;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Failed;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A Redis quota store is a {@link QuotaStore} that counts in Redis or Valkey: in one server, in the master that
 * Sentinels name, or in a cluster.
 *
 * <p>Each operation is one call of a script, which the server runs atomically. The operations of one {@link #apply} are
 * sent together, on one connection that all callers share. Amounts are exact up to {@link Long#MAX_VALUE}. A repeated
 * operation gets the answer of the first time, as long as its counter is kept.
 *
 * <p><b>Failover.</b> The store replaces a connection that is lost, or silent for two seconds, by a new one to the same
 * address. It does the same if the server reports that it must not or cannot write ({@code READONLY},
 * {@code MASTERDOWN}, {@code NOREPLICAS}, {@code LOADING}), at most once a second. So the store follows a name or an
 * address that moves to another server.
 *
 * <p><b>Durability.</b> The store keeps what the server's persistence and replication keep. After a crash or a failover
 * that loses writes, the lost units may be granted again. With {@code appendfsync always}, a crash loses nothing.
 * {@code min-replicas-to-write} bounds the loss of a failover in which a master is cut off. Writes that had not reached
 * a replica are lost in any failover.
 *
 * <p><b>Errors.</b> An operation that was not written by the deadline, or that the server refused, is
 * {@link Certainty#NOT_APPLIED}. An operation that was written and has no answer is {@link Certainty#INDETERMINATE}.
 * The store never repeats a command by itself.
 *
 * <p><b>Waiting.</b> {@link #apply} and {@link #list} wait until their deadlines. Connecting waits for some seconds.
 *
 * <p><b>Thread-safety.</b> Thread-safe.
 */
public final class RedisQuotaStore implements QuotaStore {

    private static final int MAX_BATCH = 256;
    private static final Duration DEFAULT_DEADLINE = Duration.ofMillis(50);

    private final Link link;
    private final Keys keys;
    private final Capabilities capabilities;
    private final AtomicBoolean closed = new AtomicBoolean();

    RedisQuotaStore(Link link, Keys keys) {
        this.link = link;
        this.keys = keys;
        this.capabilities = new Capabilities(true, link.groups(), MAX_BATCH, true);
    }

    /**
     * Connects to a server, or to the master that Sentinels name. The store counts in the namespace {@code ratelimit};
     * applications that share a server each set their own, see {@link RedisQuotaStoreBuilder#namespace}.
     *
     * @param server where it is, with user, password and TLS; or the Sentinels and the master's name
     * @return the store
     * @throws StoreException if the server cannot be reached or cannot keep counters; its message says what to do
     */
    public static RedisQuotaStore connect(RedisURI server) {
        return builder(server).build();
    }

    /**
     * Connects to a cluster. The store counts in the namespace {@code ratelimit}, see {@link
     * RedisQuotaStoreBuilder#namespace}.
     *
     * @param nodes some of its nodes, at least one
     * @return the store
     * @throws StoreException if the cluster cannot be reached or cannot keep counters; its message says what to do
     */
    public static RedisQuotaStore connectCluster(RedisURI... nodes) {
        return clusterBuilder(nodes).build();
    }

    /**
     * Returns a builder of a store on a server, or on the master that Sentinels name.
     *
     * @param server where it is, with user, password and TLS; or the Sentinels and the master's name
     * @return the builder
     */
    public static RedisQuotaStoreBuilder builder(RedisURI server) {
        return new RedisQuotaStoreBuilder(new Target.Server(Objects.requireNonNull(server, "server")));
    }

    /**
     * Returns a builder of a store on a cluster.
     *
     * @param nodes some of its nodes, at least one
     * @return the builder
     * @throws IllegalArgumentException if there are none
     */
    public static RedisQuotaStoreBuilder clusterBuilder(RedisURI... nodes) {
        return new RedisQuotaStoreBuilder(new Target.Cluster(List.of(nodes)));
    }

    /**
     * Returns a builder of a store that uses an existing client. The application closes the client. The store opens its
     * own connection. The client may have any options, which the store does not change: the store itself reconnects,
     * and sends nothing a second time.
     *
     * @param client has a default address; Lettuce 6.6 to 7.7
     * @return the builder
     */
    public static RedisQuotaStoreBuilder builder(RedisClient client) {
        return new RedisQuotaStoreBuilder(new Target.OfClient(Objects.requireNonNull(client, "client")));
    }

    /**
     * Returns a builder of a store on the cluster of an existing client. The application closes the client. The store
     * creates its own client, with the threads, addresses, credentials, TLS and protocol of the given one. The given
     * client is not changed, and may have any other options.
     *
     * @param client the client; Lettuce 6.6 to 7.7
     * @return the builder
     */
    public static RedisQuotaStoreBuilder builder(RedisClusterClient client) {
        return new RedisQuotaStoreBuilder(new Target.OfClusterClient(Objects.requireNonNull(client, "client")));
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Fifty milliseconds: some hundred times what a server nearby takes. */
    @Override
    public Duration defaultDeadline() {
        return DEFAULT_DEADLINE;
    }

    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        if (operations.isEmpty() || operations.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "operations must be 1 to " + MAX_BATCH + ", but were " + operations.size());
        }
        checkMayBegin(deadline);
        // Without lambdas: the first call of an application loads no class.
        List<Request<Outcome>> requests = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            if (isPossible(operation)) {
                requests.add(CounterRequests.of(operation, keys));
            }
        }
        Batch<Outcome> batch = new Batch<>(requests);
        batch.send(link, deadline);
        Iterator<Outcome> answered = batch.outcomes().iterator();
        List<Outcome> outcomes = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            outcomes.add(isPossible(operation) ? answered.next() : severalSubjects());
        }
        return outcomes;
    }

    /**
     * Lists counters above zero, largest values first. It scans all keys of the database, in a cluster those of each
     * master. The scan runs in steps, and other calls run in between. Its duration depends on the number of keys.
     * Counters that have expired are not listed. While slots of a cluster move, counters of these may be missing. The
     * user needs the right {@code +scan}, which no other call needs.
     *
     * @throws StoreException with {@code NOT_APPLIED} if a server refused, or did not list all its counters by the
     *     deadline
     */
    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        checkMayBegin(deadline);
        return new Listing(link, keys, query, deadline).counters();
    }

    private void checkMayBegin(Deadline deadline) {
        if (closed.get()) {
            throw new StoreException(Certainty.NOT_APPLIED, "the store is closed", null);
        }
        if (deadline.hasPassed()) {
            throw new StoreException(Certainty.NOT_APPLIED, "the deadline had passed before the call began", null);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.close();
        }
    }

    /** Whether one script call can decide the operation. */
    private boolean isPossible(Operation operation) {
        return link.groups() == AtomicGroups.ALL
                || !(operation instanceof Operation.Group group)
                || group.acquires().stream()
                                .map(Operation.Acquire::counter)
                                .map(Counter::subject)
                                .distinct()
                                .count()
                        == 1;
    }

    private static Outcome severalSubjects() {
        return new Failed(
                Certainty.NOT_APPLIED,
                new StoreException(
                        Certainty.NOT_APPLIED,
                        "a Redis cluster decides a group as one only if its counters are of one subject",
                        null));
    }
}
