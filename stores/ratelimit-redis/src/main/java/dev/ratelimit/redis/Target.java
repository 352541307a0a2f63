package dev.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.util.List;
import java.util.function.Supplier;

/** The target of a store: the servers that it connects to, and the client that it uses. */
sealed interface Target {

    /** Its name in messages: with its addresses, if they are known, and never with a password. */
    String server();

    /** Its name in the message of an error. The error may contain an address that is not known otherwise. */
    default String server(Throwable cause) {
        return server();
    }

    /** Connects, and waits for the connection. Closing the link also closes a client that was created for it. */
    Link connect();

    /** A server, or the master that Sentinels name, by the store's own client. */
    record Server(RedisURI uri) implements Target {

        @Override
        public String server() {
            return Addresses.ofServer(uri);
        }

        @Override
        public Link connect() {
            RedisClient client = OwnClient.forServer(uri);
            return single(client, server(), () -> OwnClient.close(client));
        }
    }

    /** A cluster, by the store's own client. */
    record Cluster(List<RedisURI> nodes) implements Target {

        public Cluster {
            if (nodes.isEmpty()) {
                throw new IllegalArgumentException("nodes must name at least one node of the cluster");
            }
        }

        @Override
        public String server() {
            return Addresses.ofCluster(nodes);
        }

        @Override
        public Link connect() {
            RedisClusterClient client = OwnClient.forCluster(nodes);
            return cluster(client, () -> OwnClient.close(client));
        }
    }

    /** The server of an application's client. */
    record OfClient(RedisClient client) implements Target {

        @Override
        public String server() {
            return "the Redis server of the given RedisClient";
        }

        @Override
        public String server(Throwable cause) {
            return server() + Addresses.toldBy(cause);
        }

        @Override
        public Link connect() {
            return single(client, server(), () -> {});
        }
    }

    /**
     * The cluster of an application's client. The store creates its own client on the same threads. A cluster client
     * opens connections to nodes by itself, so the store could not work with any options of the application's client.
     */
    record OfClusterClient(RedisClusterClient client) implements Target {

        @Override
        public String server() {
            return "the Redis cluster of the given RedisClusterClient";
        }

        @Override
        public String server(Throwable cause) {
            return server() + Addresses.toldBy(cause);
        }

        @Override
        public Link connect() {
            RedisClusterClient ours = OwnClient.like(client);
            return cluster(ours, () -> OwnClient.closeSharing(ours));
        }
    }

    private static Link single(RedisClient client, String server, Runnable release) {
        return releasingOnFailure(
                release,
                () -> new Link.Single(new ServerConnection(server, client.getResources(), client::connect), release));
    }

    private static Link cluster(RedisClusterClient client, Runnable release) {
        return releasingOnFailure(release, () -> new Link.Cluster(client.connect(), release));
    }

    private static Link releasingOnFailure(Runnable release, Supplier<Link> connect) {
        try {
            return connect.get();
        } catch (RuntimeException | Error e) {
            release.run();
            throw e;
        }
    }
}
