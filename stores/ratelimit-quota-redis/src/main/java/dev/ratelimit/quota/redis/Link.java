package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.models.role.RedisInstance.Role;
import io.lettuce.core.protocol.RedisCommand;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The connection that all callers share, to one server or to a cluster. */
sealed interface Link {

    /** Which groups one script call can decide. */
    AtomicGroups groups();

    /** Sends commands in their order, without waiting; those of one counter arrive in their order. */
    void send(List<RedisCommand<String, String, ?>> commands);

    /** How each server that counts describes itself, by its address; connects to it if need be. */
    Map<String, Callable<String>> descriptions(Duration patience);

    void close();

    /** One server, which may be another after a failover. */
    record Single(StatefulRedisConnection<String, String> connection) implements Link {

        @Override
        public AtomicGroups groups() {
            return AtomicGroups.ALL;
        }

        @Override
        public void send(List<RedisCommand<String, String, ?>> commands) {
            connection.dispatch(commands);
        }

        @Override
        public Map<String, Callable<String>> descriptions(Duration patience) {
            return Map.of("the Redis server", () -> info(connection, patience));
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /** The masters of a cluster, each with a share of the subjects. */
    record Cluster(StatefulRedisClusterConnection<String, String> connection) implements Link {

        @Override
        public AtomicGroups groups() {
            return AtomicGroups.OF_ONE_SUBJECT;
        }

        /** One by one: for a list, the client would wait for connections that are not there. */
        @Override
        public void send(List<RedisCommand<String, String, ?>> commands) {
            for (RedisCommand<String, String, ?> command : commands) {
                try {
                    connection.dispatch(command);
                } catch (RuntimeException e) {
                    command.completeExceptionally(e);
                }
            }
        }

        @Override
        public Map<String, Callable<String>> descriptions(Duration patience) {
            Map<String, Callable<String>> descriptions = new LinkedHashMap<>();
            for (RedisClusterNode node : connection.getPartitions()) {
                if (node.getRole() == Role.UPSTREAM) {
                    String host = node.getUri().getHost();
                    int port = node.getUri().getPort();
                    descriptions.put(
                            "the Redis server " + host + ":" + port,
                            () -> info(connection.getConnection(host, port), patience));
                }
            }
            return descriptions;
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private static String info(StatefulRedisConnection<String, String> connection, Duration patience) throws Exception {
        return connection.async().info().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
