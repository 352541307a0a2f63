package dev.ratelimit.redis;

import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import io.lettuce.core.RedisURI;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** All rules, on one durable server that is killed, and cut off. */
class SingleContractIT extends QuotaStoreContract {

    private static RedisServer server;
    private static TcpProxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.startDurable();
        proxy = TcpProxy.to(server.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Override
    public QuotaStore createStore() {
        server.call("FLUSHALL");
        return connected();
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(connected());
    }

    @Override
    public Optional<QuotaStore> reopen(QuotaStore open) {
        open.close();
        server.kill();
        server.restart();
        return Optional.of(connected());
    }

    @Override
    public OptionalLong keptCounters() {
        return OptionalLong.of(Long.parseLong(server.call("DBSIZE")));
    }

    @Override
    public boolean cut() {
        proxy.blackHole();
        return true;
    }

    @Override
    public void restore() {
        proxy.forward();
    }

    private static QuotaStore connected() {
        return RedisQuotaStore.connect(RedisURI.create("127.0.0.1", proxy.port()));
    }
}
