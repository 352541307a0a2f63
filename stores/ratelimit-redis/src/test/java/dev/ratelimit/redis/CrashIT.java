package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.LONG;
import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.attempt;
import static dev.ratelimit.redis.Asking.counter;
import static dev.ratelimit.redis.Asking.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import dev.ratelimit.testservers.Waiting;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Servers that are killed and start again. */
class CrashIT {

    @Test
    void a_durable_server_keeps_what_was_confirmed_and_operations_that_come_again() throws InterruptedException {
        try (RedisServer server = RedisServer.startDurable();
                RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()))) {
            Operation first = acquire(counter("known"), 7, 7, 10, 1);
            ask(store, first);
            Counter counter = counter("crash");
            CountingCallers callers = new CountingCallers(store, counter, 4, Duration.ofMillis(50));
            callers.start();
            for (int i = 0; i < 3; i++) {
                Thread.sleep(200);
                server.kill();
                server.restart();
            }
            Thread.sleep(200);
            callers.stop();
            awaitWorking(store);
            assertThat(callers.granted()).isPositive();
            assertThat(used(store, counter)).isBetween(callers.granted(), callers.granted() + callers.indeterminate());
            assertThat(ask(store, first)).isEqualTo(new Counted(7, 7));
        }
    }

    /** The twin: what the check above would catch. */
    @Test
    void one_that_is_not_durable_forgets() {
        try (RedisServer server = RedisServer.start();
                RedisQuotaStore store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()))) {
            Counter counter = counter("crash");
            ask(store, acquire(counter, 7, 10));
            server.kill();
            server.restart();
            awaitWorking(store);
            assertThat(used(store, counter)).isZero();
        }
    }

    @Test
    void after_a_failover_the_store_counts_on_the_new_master() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.startReplica(master);
                RedisServer sentinel = RedisServer.startSentinel("counters", master)) {
            assertThat(Waiting.until(
                            LONG.multipliedBy(3),
                            () -> sentinel.call("SENTINEL", "REPLICAS", "counters")
                                    .contains(String.valueOf(replica.port()))))
                    .isTrue();
            RedisURI address = RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), "counters")
                    .build();
            try (RedisQuotaStore store = RedisQuotaStore.connect(address)) {
                Counter counter = counter("failover");
                String key = new Keys("ratelimit").of(counter);
                ask(store, acquire(counter, 7, 10));
                assertThat(Waiting.until(
                                LONG, () -> replica.call("HGET", key, "u").equals("7")))
                        .isTrue();
                master.kill();
                awaitWorking(store);
                assertThat(Waiting.until(
                                LONG.multipliedBy(3),
                                () -> attempt(store, acquire(counter, 1, 10), LONG) instanceof Counted))
                        .isTrue();
                assertThat(used(store, counter)).isGreaterThanOrEqualTo(8);
                assertThat(replica.call("ROLE")).startsWith("master");
            }
        }
    }

    private static void awaitWorking(RedisQuotaStore store) {
        assertThat(Waiting.until(
                        LONG.multipliedBy(4),
                        () -> attempt(store, new Operation.Read(counter("working")), Duration.ofMillis(500))
                                instanceof Counted))
                .isTrue();
    }
}
