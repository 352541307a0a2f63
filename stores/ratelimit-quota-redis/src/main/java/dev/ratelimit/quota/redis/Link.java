package dev.ratelimit.quota.redis;

import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.models.role.RedisInstance.Role;
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

    /** Sends calls in their order, without waiting; those of one counter arrive in their order. */
    void send(List<PendingCall> calls);

    /** Looks for another server, because one has answered as the wrong one does. */
    void renew();

    /** How each server that counts describes itself, by its address; connects to it if need be. */
    Map<String, Callable<String>> descriptions(Duration patience);

    /** Closes the connection, and what was made for it. */
    void close();

    /** One server, which may be another after a failover. */
    record Single(ServerConnection connection, Runnable release) implements Link {

        @Override
        public AtomicGroups groups() {
            return AtomicGroups.ALL;
        }

        @Override
        public void send(List<PendingCall> calls) {
            connection.send(calls);
        }

        @Override
        public void renew() {
            connection.renew();
        }

        @Override
        public Map<String, Callable<String>> descriptions(Duration patience) {
            return Map.of(connection.server(), () -> info(connection.now(), patience));
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

        /** One by one: for a list, the client would wait for connections that are not there. */
        @Override
        public void send(List<PendingCall> calls) {
            for (PendingCall call : calls) {
                try {
                    connection.dispatch(call.answer());
                } catch (RuntimeException e) {
                    call.answer().completeExceptionally(e);
                }
            }
        }

        /** Nothing: a node that is no master any more answers with a redirection, which the client follows. */
        @Override
        public void renew() {}

        @Override
        public Map<String, Callable<String>> descriptions(Duration patience) {
            Map<String, Callable<String>> descriptions = new LinkedHashMap<>();
            for (RedisClusterNode node : connection.getPartitions()) {
                if (node.getRole() == Role.UPSTREAM) {
                    String host = node.getUri().getHost();
                    int port = node.getUri().getPort();
                    descriptions.put(
                            Addresses.ofNode(node.getUri()),
                            () -> info(connection.getConnection(host, port), patience));
                }
            }
            return descriptions;
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
