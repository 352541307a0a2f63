package dev.ratelimit.quota.redis;

import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.stream.Collectors;

/** Addresses as they stand in messages: hosts and ports, and nothing that is secret. */
final class Addresses {

    private Addresses() {}

    /** Of a server, or of the Sentinels that name it. */
    static String ofServer(RedisURI uri) {
        if (uri.getSentinels().isEmpty()) {
            return "the Redis server at " + of(uri);
        }
        return "the Redis master \"" + uri.getSentinelMasterId() + "\" of the Sentinels at " + of(uri.getSentinels());
    }

    /** Of a cluster, by the nodes that the caller has named. */
    static String ofCluster(List<RedisURI> nodes) {
        return "the Redis cluster at " + of(nodes);
    }

    /** Of a node of a cluster. */
    static String ofNode(RedisURI uri) {
        return "the Redis server at " + of(uri);
    }

    private static String of(List<RedisURI> uris) {
        return uris.stream().map(Addresses::of).collect(Collectors.joining(", "));
    }

    private static String of(RedisURI uri) {
        return uri.getSocket() != null ? uri.getSocket() : uri.getHost() + ":" + uri.getPort();
    }
}
