package dev.ratelimit.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Addresses for messages: hosts and ports, without secrets. */
final class Addresses {

    /** The user and the password of an address. */
    private static final Pattern SECRET = Pattern.compile("//[^/\\s]*@");

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

    /** Returns the address that a client could not connect to, in brackets; empty if it is unknown. */
    static String toldBy(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            String message = each.getMessage();
            if (each instanceof RedisConnectionException && message != null) {
                return " (" + SECRET.matcher(message).replaceAll("//") + ")";
            }
        }
        return "";
    }

    private static String of(List<RedisURI> uris) {
        return uris.stream().map(Addresses::of).collect(Collectors.joining(", "));
    }

    private static String of(RedisURI uri) {
        return uri.getSocket() != null ? uri.getSocket() : uri.getHost() + ":" + uri.getPort();
    }
}
