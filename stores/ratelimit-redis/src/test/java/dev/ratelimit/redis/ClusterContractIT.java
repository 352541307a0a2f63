package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All rules, on a cluster of three masters. */
class ClusterContractIT extends QuotaStoreContract {

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    public QuotaStore createStore() {
        cluster.masters().forEach(master -> master.call("FLUSHALL"));
        return connected();
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(connected());
    }

    @Override
    public OptionalLong keptCounters() {
        return OptionalLong.of(cluster.masters().stream()
                .map(master -> master.call("DBSIZE"))
                .mapToLong(Long::parseLong)
                .sum());
    }

    /** Servers forget as the single one does, whose tests take that time. */
    @Override
    public boolean advance(Duration time) {
        return false;
    }

    /** The server takes requests, and keeps them back. */
    @Override
    public boolean cut() {
        cluster.masters().forEach(master -> master.call("CLIENT", "PAUSE", "60000", "WRITE"));
        return true;
    }

    @Override
    public void restore() {
        cluster.masters().forEach(master -> master.call("CLIENT", "UNPAUSE"));
    }

    private static QuotaStore connected() {
        RedisServer first = cluster.masters().get(0);
        return RedisQuotaStore.connectCluster(RedisURI.create("127.0.0.1", first.port()));
    }
}
