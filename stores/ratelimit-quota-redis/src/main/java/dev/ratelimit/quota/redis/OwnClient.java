package dev.ratelimit.quota.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The client that a store makes for itself, and closes with itself: it never sends a command twice, and gives up soon. */
final class OwnClient {

    /** For a connection to come about, and for an answer on it. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** What may pile up before a dead connection is found out. */
    private static final int MOST_UNDER_WAY = 10_000;

    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    private OwnClient() {}

    static RedisClient forServer(RedisURI server) {
        RedisClient client = RedisClient.create(resources(), server);
        client.setOptions(complete(ClientOptions.builder()).build());
        return client;
    }

    static RedisClusterClient forCluster(List<RedisURI> nodes) {
        RedisClusterClient client = RedisClusterClient.create(resources(), nodes);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        complete(options);
        client.setOptions(options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh()
                        .build())
                .build());
        return client;
    }

    static void close(AbstractRedisClient client) {
        client.shutdown(Duration.ZERO, SHUTDOWN);
        client.getResources()
                .shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }

    private static ClientOptions.Builder complete(ClientOptions.Builder options) {
        return options.autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .requestQueueSize(MOST_UNDER_WAY)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(LONGEST_SILENCE)
                        .keepAlive(true)
                        .build());
    }

    private static ClientResources resources() {
        return ClientResources.builder()
                .reconnectDelay(Delay.exponential(Duration.ofMillis(1), LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new SilenceBreaker(LONGEST_SILENCE));
                    }
                })
                .build();
    }
}
