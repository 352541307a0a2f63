package dev.ratelimit.quota.redis;

import static dev.ratelimit.quota.redis.Asking.acquire;
import static dev.ratelimit.quota.redis.Asking.ask;
import static dev.ratelimit.quota.redis.Asking.counter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.Certainty;
import dev.ratelimit.quota.spi.QuotaStoreException;
import dev.ratelimit.testservers.FreePorts;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Connecting: what is refused, with which message, and that nothing is left behind. */
class StartIT {

    @Test
    void nobody_there() {
        assertRefused(RedisURI.create("127.0.0.1", FreePorts.next()), "cannot be reached");
    }

    @Test
    void nobody_answers() {
        try (RedisServer server = RedisServer.start();
                TcpProxy proxy = TcpProxy.to(server.port())) {
            proxy.blackHole();
            assertRefused(RedisURI.create("127.0.0.1", proxy.port()), "cannot be reached");
        }
    }

    @Test
    void no_password_or_a_wrong_one() {
        try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
            RedisURI address = RedisURI.create("127.0.0.1", server.port());
            assertRefused(address, "refused the user or the password");
            address.setAuthentication("wrong");
            assertRefused(address, "refused the user or the password");
            address.setAuthentication("secret");
            RedisQuotaStore.connect(address).close();
        }
    }

    @Test
    void a_server_that_throws_counters_away() {
        try (RedisServer server = RedisServer.start("--maxmemory-policy", "volatile-lru")) {
            RedisURI address = RedisURI.create("127.0.0.1", server.port());
            assertRefused(address, "volatile-lru");
            RedisQuotaStore.builder(address).assumeNoEviction().build().close();
        }
    }

    @Test
    void a_replica() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.startReplica(master)) {
            assertRefused(RedisURI.create("127.0.0.1", replica.port()), "is a replica");
        }
    }

    @Test
    void a_server_that_does_not_describe_itself_is_believed() {
        try (RedisServer server =
                RedisServer.start("--user", "app", "on", ">pass", "~*", "+@all", "-info", "-config")) {
            RedisURI address = RedisURI.create("127.0.0.1", server.port());
            address.setAuthentication("app", "pass");
            try (RedisQuotaStore store = RedisQuotaStore.connect(address)) {
                assertThat(ask(store, acquire(counter("alice"), 1, 1)).granted())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void no_thread_is_left_behind() {
        try (RedisServer server = RedisServer.start()) {
            Set<Thread> before = threads();
            try (RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()))) {
                ask(store, acquire(counter("alice"), 1, 1));
                assertThat(started(before)).isNotEmpty();
            }
            assertRefused(RedisURI.create("127.0.0.1", FreePorts.next()), "cannot be reached");
            assertThat(Waiting.until(
                            Duration.ofSeconds(10), () -> started(before).isEmpty()))
                    .as("threads left behind: %s", started(before))
                    .isTrue();
        }
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    private static Set<Thread> started(Set<Thread> before) {
        Set<Thread> now = threads();
        now.removeAll(before);
        return now;
    }

    private static void assertRefused(RedisURI address, String message) {
        assertThatThrownBy(() -> RedisQuotaStore.connect(address))
                .isInstanceOfSatisfying(
                        QuotaStoreException.class,
                        e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining(message);
    }
}
