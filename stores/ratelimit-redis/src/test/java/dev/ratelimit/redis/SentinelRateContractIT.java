package dev.ratelimit.redis;

import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.tck.RateStoreContract;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All rules of rates, on a master that a Sentinel names. */
class SentinelRateContractIT extends RateStoreContract {

    private static RedisServer master;
    private static RedisServer sentinel;

    @BeforeAll
    static void start() {
        master = RedisServer.start();
        sentinel = RedisServer.startSentinel("budgets", master);
    }

    @AfterAll
    static void stop() {
        sentinel.close();
        master.close();
    }

    @Override
    public RateStore createStore() {
        master.call("FLUSHALL");
        return connected();
    }

    @Override
    public Optional<RateStore> secondStore() {
        return Optional.of(connected());
    }

    @Override
    public OptionalLong keptBudgets() {
        return OptionalLong.of(Long.parseLong(master.call("DBSIZE")));
    }

    /** The server takes requests, and keeps them back. */
    @Override
    public boolean cut() {
        master.call("CLIENT", "PAUSE", "60000", "WRITE");
        return true;
    }

    @Override
    public void restore() {
        master.call("CLIENT", "UNPAUSE");
    }

    private static RateStore connected() {
        return RedisRateStore.connect(RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), "budgets")
                .build());
    }
}
