package dev.ratelimit.redis;

import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.tck.RateStoreContract;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All rules of rates, on a cluster of three masters. */
class ClusterRateContractIT extends RateStoreContract {

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
    public RateStore createStore() {
        cluster.masters().forEach(master -> master.call("FLUSHALL"));
        return connected();
    }

    @Override
    public Optional<RateStore> secondStore() {
        return Optional.of(connected());
    }

    @Override
    public OptionalLong keptBudgets() {
        return OptionalLong.of(cluster.masters().stream()
                .map(master -> master.call("DBSIZE"))
                .mapToLong(Long::parseLong)
                .sum());
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

    private static RateStore connected() {
        RedisServer first = cluster.masters().get(0);
        return RedisRateStore.connectCluster(RedisURI.create("127.0.0.1", first.port()));
    }
}
