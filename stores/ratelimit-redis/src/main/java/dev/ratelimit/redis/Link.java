package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.models.role.RedisInstance.Role;
import io.lettuce.core.protocol.RedisCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The connection that all callers share, to one server or to a cluster. */
sealed interface Link {

    /** The groups that one script call can decide. */
    AtomicGroups groups();

    /** Sends calls in order, without waiting. The calls of one counter arrive in order. */
    void send(List<? extends PendingCall<?>> calls);

    /** Sends commands to the servers that have their keys, without waiting. */
    void dispatch(List<? extends RedisCommand<String, String, ?>> commands);

    /** The servers that count, each with its share of the counters. */
    List<Server> servers(Duration patience);

    /** Whether each counter has one of {@link #servers}. */
    boolean knowsAllServers();

    /** Closes the connection, and a client that was created for it. */
    void close();

    /**
     * A server that counts.
     *
     * @param name its name in messages
     * @param description the text of INFO; connects if need be
     * @param connection a connection to it that others use, too; connects if need be, without waiting
     * @param holds whether a key is one of its own
     */
    record Server(
            String name,
            Callable<String> description,
            Supplier<CompletableFuture<StatefulRedisConnection<String, String>>> connection,
            Predicate<String> holds) {}

    /** One server, which may be another after a failover. */
    record Single(ServerConnection connection, Runnable release) implements Link {

        @Override
        public AtomicGroups groups() {
            return AtomicGroups.ALL;
        }

        @Override
        public void send(List<? extends PendingCall<?>> calls) {
            connection.send(calls);
        }

        @Override
        public void dispatch(List<? extends RedisCommand<String, String, ?>> commands) {
            connection.now().dispatch(commands);
        }

        @Override
        public List<Server> servers(Duration patience) {
            return List.of(new Server(
                    connection.server(),
                    () -> info(connection.now(), patience),
                    () -> CompletableFuture.completedFuture(connection.now()),
                    key -> true));
        }

        @Override
        public boolean knowsAllServers() {
            return true;
        }

        @Override
        public void close() {
            connection.close();
            release.run();
        }
    }

    /** The masters of a cluster, each with a share of the subjects. */
    record Cluster(StatefulRedisClusterConnection<String, String> connection, Runnable release) implements Link {

        @Override
        public AtomicGroups groups() {
            return AtomicGroups.OF_ONE_SUBJECT;
        }

        /** Sends the calls one by one. For a list, the client would wait for missing connections. */
        @Override
        public void send(List<? extends PendingCall<?>> calls) {
            for (PendingCall<?> call : calls) {
                try {
                    connection.dispatch(call.answer());
                } catch (RuntimeException e) {
                    call.answer().completeExceptionally(e);
                }
            }
        }

        @Override
        public void dispatch(List<? extends RedisCommand<String, String, ?>> commands) {
            commands.forEach(connection::dispatch);
        }

        @Override
        public List<Server> servers(Duration patience) {
            List<Server> servers = new ArrayList<>();
            for (RedisClusterNode node : connection.getPartitions()) {
                if (node.getRole() == Role.UPSTREAM && !node.getSlots().isEmpty()) {
                    String host = node.getUri().getHost();
                    int port = node.getUri().getPort();
                    servers.add(new Server(
                            Addresses.ofNode(node.getUri()),
                            () -> info(connection.getConnection(host, port), patience),
                            () -> connection.getConnectionAsync(host, port),
                            key -> node.hasSlot(SlotHash.getSlot(key))));
                }
            }
            return servers;
        }

        @Override
        public boolean knowsAllServers() {
            BitSet slots = new BitSet(SlotHash.SLOT_COUNT);
            for (RedisClusterNode node : connection.getPartitions()) {
                if (node.getRole() == Role.UPSTREAM) {
                    node.getSlots().forEach(slots::set);
                }
            }
            return slots.cardinality() == SlotHash.SLOT_COUNT;
        }

        @Override
        public void close() {
            connection.close();
            release.run();
        }
    }

    private static String info(StatefulRedisConnection<String, String> connection, Duration patience) throws Exception {
        return connection.async().info().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
