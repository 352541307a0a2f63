package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.counter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.FreePorts;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Connecting: what is refused, with which message, and that nothing is left behind. */
class StartIT {

    @Test
    void nobody_there() {
        int port = FreePorts.next();
        assertRefused(
                RedisURI.create("redis://app:secret@127.0.0.1:" + port),
                "the Redis server at 127.0.0.1:" + port + " cannot be reached: nothing listens there");
    }

    @Test
    void sentinels_or_nodes_that_are_not_there_are_named() {
        int port = FreePorts.next();
        assertRefused(
                RedisURI.create("redis-sentinel://secret@127.0.0.1:" + port + "#counters"),
                "the Redis master \"counters\" of the Sentinels at 127.0.0.1:" + port + " cannot be reached");
        assertThatThrownBy(() -> RedisQuotaStore.connectCluster(RedisURI.create("redis://secret@127.0.0.1:" + port)))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("the Redis cluster at 127.0.0.1:" + port + " cannot be reached")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_host_without_an_address() {
        assertRefused(RedisURI.create("redis://no-such-host.invalid:6379"), "cannot be reached: the host is not known");
    }

    @Test
    void what_a_client_of_the_application_cannot_reach_has_its_address_too() {
        int port = FreePorts.next();
        RedisClient client = RedisClient.create("redis://app:secret@127.0.0.1:" + port);
        assertThatThrownBy(() -> RedisQuotaStore.builder(client).build())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining(String.valueOf(port))
                .hasMessageNotContaining("secret");
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    /** A connection that is lost later: who calls meanwhile hears of what. */
    @Test
    void calls_without_a_connection_name_the_server() {
        try (RedisServer server = RedisServer.start();
                RedisQuotaStore store =
                        RedisQuotaStore.connect(RedisURI.create("redis://127.0.0.1:" + server.port()))) {
            server.kill();
            assertThat(Waiting.until(
                            Duration.ofSeconds(5),
                            () -> Asking.attempt(store, acquire(counter("alice"), 1, 1), Duration.ofSeconds(1))
                                            instanceof Outcome.Failed failed
                                    && String.valueOf(failed.cause().getMessage())
                                            .contains(
                                                    "no connection to the Redis server at 127.0.0.1:" + server.port())))
                    .isTrue();
        }
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
            String at = "127.0.0.1:" + server.port();
            assertRefused(RedisURI.create("redis://" + at), "refused the user or the password");
            assertRefused(RedisURI.create("redis://wrong@" + at), "refused the user or the password");
            RedisQuotaStore.connect(RedisURI.create("redis://secret@" + at)).close();
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
            RedisURI address = RedisURI.create("redis://app:pass@127.0.0.1:" + server.port());
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
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }
}
