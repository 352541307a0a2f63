package dev.ratelimit.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions.RefreshTrigger;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The client that a store creates, and closes with itself: it never sends a command twice, and gives up soon. */
final class OwnClient {

    /** The maximum time for a connection, and for an answer on it. */
    private static final Duration MAX_SILENCE = ServerConnection.MAX_SILENCE;

    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    /** The maximum number of pending commands before a dead connection is detected. */
    private static final int MAX_UNDER_WAY = 10_000;

    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    private OwnClient() {}

    /** Returns a client for one server. {@link ServerConnection} replaces a lost connection, not the client. */
    static RedisClient forServer(RedisURI server) {
        RedisClient client = RedisClient.create(resources(ClientResources.builder(), new NettyCustomizer() {}), server);
        client.setOptions(complete(ClientOptions.builder())
                .autoReconnect(false)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(MAX_SILENCE)
                        .keepAlive(true)
                        .build())
                .build());
        return client;
    }

    /** Returns a client for a cluster. The client connects to its nodes, and follows slots and masters that move. */
    static RedisClusterClient forCluster(List<RedisURI> nodes) {
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options.socketOptions(SocketOptions.builder()
                .connectTimeout(MAX_SILENCE)
                .keepAlive(true)
                .build());
        return cluster(resources(ClientResources.builder(), new NettyCustomizer() {}), nodes, options);
    }

    /**
     * Returns a client for the cluster of another client: on its threads, with its credentials, and with its options,
     * except those on which the store depends.
     */
    static RedisClusterClient like(RedisClusterClient other) {
        List<RedisURI> nodes =
                other.getPartitions().stream().map(RedisClusterNode::getUri).toList();
        ClientOptions given = other.getOptions();
        ClusterClientOptions.Builder options = given instanceof ClusterClientOptions ofCluster
                ? ofCluster.mutate()
                : ClusterClientOptions.builder(given);
        ClientResources shared = other.getResources();
        return cluster(resources(shared.mutate(), shared.nettyCustomizer()), nodes, options);
    }

    /** Closes a client that shares the threads of another, and leaves those. */
    static void closeSharing(AbstractRedisClient client) {
        client.shutdown(Duration.ZERO, SHUTDOWN);
    }

    /** Closes a client, and the threads that were created for it. */
    static void close(AbstractRedisClient client) {
        client.shutdown(Duration.ZERO, SHUTDOWN);
        client.getResources()
                .shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }

    // Lettuce 7 has the triggers on by itself, and deprecates to say so; Lettuce 6.6 has them off.
    @SuppressWarnings("deprecation")
    private static RedisClusterClient cluster(
            ClientResources resources, List<RedisURI> nodes, ClusterClientOptions.Builder options) {
        RedisClusterClient client = RedisClusterClient.create(resources, nodes);
        complete(options);
        client.setOptions(options.autoReconnect(true)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh()
                        .enableAdaptiveRefreshTrigger(RefreshTrigger.values())
                        .adaptiveRefreshTriggersTimeout(MAX_SILENCE)
                        .build())
                .build());
        return client;
    }

    private static ClientOptions.Builder complete(ClientOptions.Builder options) {
        MaintenanceNotices.switchOff(options);
        return options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_UNDER_WAY);
    }

    private static ClientResources resources(ClientResources.Builder resources, NettyCustomizer further) {
        return resources
                .reconnectDelay(Delay.exponential(Duration.ofMillis(1), MAX_PAUSE, 2, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new WithSilenceBreaker(further))
                .build();
    }

    /** Puts a breaker in front of each connection. */
    private static final class WithSilenceBreaker implements NettyCustomizer {

        private final NettyCustomizer further;

        WithSilenceBreaker(NettyCustomizer further) {
            this.further = further;
        }

        @Override
        public void afterBootstrapInitialized(Bootstrap bootstrap) {
            further.afterBootstrapInitialized(bootstrap);
        }

        @Override
        public void afterChannelInitialized(Channel channel) {
            further.afterChannelInitialized(channel);
            channel.pipeline().addFirst(new SilenceBreaker(MAX_SILENCE));
        }
    }
}
