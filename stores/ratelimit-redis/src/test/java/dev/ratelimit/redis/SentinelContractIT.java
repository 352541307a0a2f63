package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All rules, on a master that a Sentinel names. What fails over is in {@link CrashIT}. */
class SentinelContractIT extends QuotaStoreContract {

    private static RedisServer master;
    private static RedisServer sentinel;

    @BeforeAll
    static void start() {
        master = RedisServer.start();
        sentinel = RedisServer.startSentinel("counters", master);
    }

    @AfterAll
    static void stop() {
        sentinel.close();
        master.close();
    }

    @Override
    public QuotaStore createStore() {
        master.call("FLUSHALL");
        return connected();
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(connected());
    }

    @Override
    public OptionalLong keptCounters() {
        return OptionalLong.of(Long.parseLong(master.call("DBSIZE")));
    }

    /** Servers forget as the single one does, whose tests take that time. */
    @Override
    public boolean advance(Duration time) {
        return false;
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

    private static QuotaStore connected() {
        return RedisQuotaStore.connect(RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), "counters")
                .build());
    }
}
