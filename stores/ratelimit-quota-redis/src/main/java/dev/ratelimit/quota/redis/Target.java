package dev.ratelimit.quota.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.util.List;
import java.util.function.Supplier;

/** What a store connects to, and by which client. */
sealed interface Target {

    /** What it is called in messages: with its addresses, if they are known, and never with a password. */
    String server();

    /** What it is called in the message of an error, which may tell an address that is not known otherwise. */
    default String server(Throwable cause) {
        return server();
    }

    /** Connects, and waits for that. The link's close also closes what was made for it. */
    Link connect();

    /** A server, or the master that Sentinels name, by a client of the store's. */
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

    /** A cluster, by a client of the store's. */
    record Cluster(List<RedisURI> nodes) implements Target {

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

    /** What a client of the application leads to. */
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
     * The cluster that a client of the application leads to. The store has its own client on the same threads:
     * connections to nodes come and go within a client, so its options could not be any.
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
