package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.failed;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A failover behind one address: the old server stays open and refuses, the address leads to the new one. */
class DemotionIT {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(10);

    private RedisServer first;
    private RedisServer second;
    private TcpProxy address;

    @BeforeEach
    void start() {
        first = RedisServer.start();
        second = RedisServer.startReplica(first);
        address = TcpProxy.to(first.port());
    }

    @AfterEach
    void stop() {
        address.close();
        second.close();
        first.close();
    }

    @Test
    void a_demoted_server_is_left() {
        try (RedisQuotaStore store = RedisQuotaStore.connect(uri())) {
            assertFollows(store);
        }
    }

    @Test
    void a_demoted_server_is_left_with_a_client_of_the_application() {
        RedisClient client = RedisClient.create(uri());
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            assertFollows(store);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    @Test
    void a_demoted_server_is_left_with_a_client_that_does_not_connect_again() {
        RedisClient client = RedisClient.create(uri());
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            assertFollows(store);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    /** A master that is cut off from its replicas, which may have another master by now. */
    @Test
    void a_master_without_replicas_is_left() {
        try (RedisQuotaStore store = RedisQuotaStore.connect(uri())) {
            first.call("CONFIG", "SET", "min-replicas-to-write", "2");
            Counter counter = counter("isolated");
            assertThat(failed(attempt(store, acquire(counter, 1, 10), LONG), Certainty.NOT_APPLIED))
                    .isTrue();
            second.call("REPLICAOF", "NO", "ONE");
            address.redirect(second.port());
            assertThat(Waiting.until(LONG, () -> attempt(store, acquire(counter, 1, 10), SHORT) instanceof Counted))
                    .isTrue();
        }
    }

    /** Callers who have left by then do not hear that the server refuses; the store does. */
    @Test
    void a_demoted_server_that_answers_late_is_left() {
        try (RedisQuotaStore store = RedisQuotaStore.connect(uri())) {
            ask(store, acquire(counter("late"), 1, 10));
            second.call("REPLICAOF", "NO", "ONE");
            first.call("REPLICAOF", "127.0.0.1", String.valueOf(second.port()));
            address.delay(Duration.ofMillis(100));
            address.redirect(second.port());
            assertThat(Waiting.until(LONG, () -> {
                        attempt(store, acquire(counter("late"), 1, 10), Duration.ofMillis(50));
                        // One is the connection that asks.
                        return second.call("CLIENT", "LIST", "TYPE", "normal")
                                        .lines()
                                        .count()
                                > 1;
                    }))
                    .isTrue();
        }
    }

    /** Where the address still leads to the old server, the store does not connect again for each call. */
    @Test
    void a_server_that_stays_demoted_is_not_flooded_with_connections() {
        try (RedisQuotaStore store = RedisQuotaStore.connect(uri())) {
            first.call("REPLICAOF", "127.0.0.1", String.valueOf(second.port()));
            long before = connections(first);
            long began = System.nanoTime();
            while (System.nanoTime() - began < Duration.ofMillis(2_500).toNanos()) {
                assertThat(failed(attempt(store, acquire(counter("flood"), 1, 10), LONG), Certainty.NOT_APPLIED))
                        .isTrue();
            }
            // One at once and one a second of the store's, and one that asks.
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
            assertThat(connections(first) - before).isLessThanOrEqualTo(seconds + 3);
        }
    }

    /**
     * The check of the tests above: a connection that is in order is kept, also where nothing is asked for longer
     * than a silence.
     */
    @Test
    void a_server_that_is_in_order_is_not_left() throws InterruptedException {
        try (RedisQuotaStore store = RedisQuotaStore.connect(uri())) {
            long before = connections(first);
            Thread.sleep(ServerConnection.MAX_SILENCE.plusMillis(500).toMillis());
            ask(store, acquire(counter("idle"), 1, 10));
            Thread.sleep(ServerConnection.MAX_SILENCE.plusMillis(500).toMillis());
            assertThat(ask(store, acquire(counter("idle"), 1, 10))).isEqualTo(new Counted(1, 2));
            // One more is that of the question itself.
            assertThat(connections(first) - before).isEqualTo(1);
        }
    }

    private void assertFollows(RedisQuotaStore store) {
        Counter counter = counter("alice");
        assertThat(ask(store, acquire(counter, 7, 10))).isEqualTo(new Counted(7, 7));
        assertThat(Waiting.until(LONG, () -> second.call("DBSIZE").equals("1"))).isTrue();
        second.call("REPLICAOF", "NO", "ONE");
        first.call("REPLICAOF", "127.0.0.1", String.valueOf(second.port()));
        address.redirect(second.port());
        assertThat(Waiting.until(LONG, () -> {
                    Outcome outcome = attempt(store, acquire(counter, 1, 8), SHORT);
                    assertThat(failed(outcome, Certainty.INDETERMINATE))
                            .as("nothing is uncertain, but: %s", outcome)
                            .isFalse();
                    return outcome instanceof Counted;
                }))
                .as("the store left the demoted server within %s", LONG)
                .isTrue();
        assertThat(ask(store, acquire(counter, 1, 8))).isEqualTo(new Counted(0, 8));
        assertThat(used(store, counter)).isEqualTo(8);
    }

    private RedisURI uri() {
        return RedisURI.create("127.0.0.1", address.port());
    }

    private static long connections(RedisServer server) {
        return server.call("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
