package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.failed;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisCluster;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client of the application, with any options: what it does for others, and what the store makes of it. */
class SharedClientIT {

    private static final Duration SHORT = Duration.ofMillis(50);

    private RedisServer server;
    private TcpProxy proxy;
    private RedisQuotaStore straight;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        proxy = TcpProxy.to(server.port());
        straight = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterEach
    void stop() {
        straight.close();
        proxy.close();
        server.close();
    }

    static Stream<ClientOptions> options() {
        return Stream.of(
                ClientOptions.create(),
                ClientOptions.builder().autoReconnect(false).build(),
                ClientOptions.builder()
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS)
                        .build(),
                ClientOptions.builder()
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .build());
    }

    /** The check of the tests below: a client with its default options sends a command again, which counts it twice. */
    @Test
    void by_itself_a_client_counts_twice() throws InterruptedException, ExecutionException, TimeoutException {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", proxy.port()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            proxy.dropReplies();
            RedisFuture<Long> answer =
                    connection.async().eval("return redis.call('INCR', KEYS[1])", ScriptOutputType.INTEGER, "n");
            assertThat(Waiting.until(LONG, () -> server.call("GET", "n").equals("1")))
                    .isTrue();
            proxy.forward();
            assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo(2);
        } finally {
            close(client);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void what_was_sent_is_not_sent_again(ClientOptions options) {
        RedisClient client = client(options);
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            Counter counter = counter("sent");
            ask(store, acquire(counter("before"), 1, 1));
            proxy.dropReplies();
            Thread other = new Thread(() -> attempt(store, acquire(counter, 1, 100), LONG));
            other.start();
            assertThat(Waiting.until(LONG, () -> used(straight, counter) == 1)).isTrue();
            proxy.forward();
            awaitWorking(store);
            join(other);
            assertThat(used(straight, counter)).isEqualTo(1);
        } finally {
            close(client);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void while_cut_off_nothing_is_kept_for_later_and_callers_hear_of_it_at_once(ClientOptions options) {
        RedisClient client = client(options);
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            Counter counter = counter("cut");
            proxy.cut();
            assertThat(Waiting.until(
                            LONG, () -> failed(attempt(store, acquire(counter, 1, 100), LONG), Certainty.NOT_APPLIED)))
                    .isTrue();
            long before = used(straight, counter);
            long began = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                assertThat(failed(attempt(store, acquire(counter, 1, 100), LONG), Certainty.NOT_APPLIED))
                        .isTrue();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
            proxy.forward();
            awaitWorking(store);
            assertThat(used(straight, counter)).isEqualTo(before);
        } finally {
            close(client);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void a_connection_that_stays_silent_is_given_up(ClientOptions options) {
        RedisClient client = client(options);
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            proxy.blackHole();
            attempt(store, acquire(counter("silent"), 1, 100), SHORT);
            assertThat(Waiting.until(
                            LONG,
                            () -> failed(
                                    attempt(store, acquire(counter("silent"), 1, 100), SHORT), Certainty.NOT_APPLIED)))
                    .isTrue();
        } finally {
            close(client);
        }
    }

    /** Callers who never retry, while connections end, replies are lost and requests swallowed. */
    @ParameterizedTest
    @MethodSource("options")
    void what_is_said_adds_up(ClientOptions options) throws InterruptedException {
        RedisClient client = client(options);
        try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
            Counter counter = counter("adds-up");
            CountingCallers callers = new CountingCallers(store, counter, 4, Duration.ofMillis(40));
            callers.start();
            for (int i = 0; i < 6; i++) {
                Thread.sleep(150);
                switch (i % 3) {
                    case 0 -> proxy.disconnect();
                    case 1 -> proxy.dropReplies();
                    default -> proxy.cut();
                }
                Thread.sleep(60);
                proxy.forward();
            }
            callers.stop();
            awaitWorking(store);
            assertThat(callers.granted()).isPositive();
            assertThat(used(straight, counter))
                    .isBetween(callers.granted(), callers.granted() + callers.indeterminate());
        } finally {
            close(client);
        }
    }

    @Test
    void the_store_leaves_the_client_and_its_options_as_they_are() {
        RedisClient client = client(ClientOptions.create());
        try {
            ClientOptions before = client.getOptions();
            try (RedisQuotaStore store =
                    RedisQuotaStore.builder(client).namespace("shop").build()) {
                ask(store, acquire(counter("alice"), 1, 1));
            }
            assertThat(client.getOptions()).isSameAs(before);
            assertThat(server.call("KEYS", "{shop:alice}*").lines()).hasSize(1);
            assertThat(client.connect().sync().ping()).isEqualTo("PONG");
        } finally {
            close(client);
        }
    }

    @Test
    void a_client_of_a_cluster_with_its_default_options() {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisClusterClient client = RedisClusterClient.create(
                    RedisURI.create("127.0.0.1", cluster.masters().get(0).port()));
            try {
                try (RedisQuotaStore store = RedisQuotaStore.builder(client).build()) {
                    for (int i = 0; i < 20; i++) {
                        assertThat(ask(store, acquire(counter("c-" + i), 1, 1))).isEqualTo(new Counted(1, 1));
                    }
                    RedisServer gone = cluster.ownerOf(new Keys("ratelimit").of(counter("c-0")));
                    gone.kill();
                    assertThat(Waiting.until(
                                    LONG,
                                    () -> failed(
                                            attempt(store, acquire(counter("c-0"), 1, 9), LONG),
                                            Certainty.NOT_APPLIED)))
                            .isTrue();
                    long began = System.nanoTime();
                    for (int i = 0; i < 20; i++) {
                        assertThat(failed(attempt(store, acquire(counter("c-0"), 1, 9), LONG), Certainty.NOT_APPLIED))
                                .isTrue();
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
                    gone.restart();
                    awaitWorking(store, counter("c-0"));
                    assertThat(used(store, counter("c-0"))).isZero();
                }
                // Everything of the client still works.
                assertThat(client.connect().sync().set("mine", "1")).isEqualTo("OK");
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }

    private RedisClient client(ClientOptions options) {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", proxy.port()));
        client.setOptions(options);
        return client;
    }

    private static void close(RedisClient client) {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitWorking(RedisQuotaStore store) {
        awaitWorking(store, counter("working"));
    }

    private static void awaitWorking(RedisQuotaStore store, Counter counter) {
        assertThat(Waiting.until(
                        LONG.multipliedBy(4),
                        () -> attempt(store, new Operation.Read(counter), Duration.ofMillis(200)) instanceof Counted))
                .isTrue();
    }
}
