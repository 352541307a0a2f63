package dev.ratelimit.quota.redis;

import static dev.ratelimit.quota.redis.Asking.acquire;
import static dev.ratelimit.quota.redis.Asking.ask;
import static dev.ratelimit.quota.redis.Asking.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When the server forgets. */
class ExpiryIT {

    private static final Instant START = Instant.ofEpochSecond(1_700_000_000);

    private static RedisServer server;
    private static RedisQuotaStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = RedisQuotaStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Test
    void a_counter_and_its_operations_go_at_the_latest_instant_that_was_named() {
        Instant now = Instant.now();
        Counter early = Counter.of("orders", "alice", START, now.plusSeconds(100));
        Counter late = Counter.of("orders", "alice", START, now.plusSeconds(200));
        ask(store, acquire(early, 1, 1, 10, 1));
        assertThat(expires(early)).isEqualTo(now.plusSeconds(100).toEpochMilli() + 1);
        ask(store, acquire(late, 1, 1, 10, 2));
        assertThat(expires(early)).isEqualTo(now.plusSeconds(200).toEpochMilli() + 1);
        ask(store, acquire(early, 1, 1, 10, 3));
        assertThat(expires(early)).isEqualTo(now.plusSeconds(200).toEpochMilli() + 1);
        assertThat(server.call("KEYS", "{ratelimit:alice}*").lines()).hasSize(1);
    }

    @Test
    void each_way_to_touch_a_counter_makes_it_expire() {
        List<Operation.Acquire> acquires = List.of(
                (Operation.Acquire) acquire(counter("a", "bob", Duration.ofHours(1)), 1, 10),
                (Operation.Acquire) acquire(counter("b", "bob", Duration.ofHours(1)), 1, 10));
        Asking.attempt(store, new Operation.Group(acquires), Asking.LONG);
        ask(store, new Operation.Adjust(counter("c", "bob", Duration.ofHours(1)), 5, null));
        ask(store, new Operation.Adjust(counter("d", "bob", Duration.ofHours(1)), -5, null));
        assertThat(server.call("KEYS", "{ratelimit:bob}*").lines())
                .hasSize(4)
                .allSatisfy(key ->
                        assertThat(Long.parseLong(server.call("PTTL", key))).isBetween(3_500_000L, 3_700_000L));
    }

    @Test
    void a_denial_and_a_look_leave_nothing_behind() {
        ask(store, acquire(counter("carol"), 11, 10));
        ask(store, new Operation.Read(counter("carol")));
        assertThat(server.call("KEYS", "{ratelimit:carol}*")).isEmpty();
    }

    /** A caller whose clock is wrong must not find each counter forgotten. */
    @Test
    void a_counter_that_had_expired_before_it_was_touched_counts_for_a_minute() {
        Counter counter = Counter.of("orders", "dave", START, START.plusSeconds(60));
        for (int i = 1; i <= 3; i++) {
            assertThat(ask(store, acquire(counter, 1, 3))).isEqualTo(new Counted(1, i));
        }
        assertThat(ask(store, acquire(counter, 1, 3))).isEqualTo(new Counted(0, 3));
        assertThat(Long.parseLong(server.call("PTTL", new Keys("ratelimit").of(counter))))
                .isBetween(1L, 61_000L);
    }

    /** As the above, by the server's clock. */
    @Test
    void a_counter_that_had_expired_for_the_server_counts_too() {
        Request request =
                Request.of(acquire(Counter.of("o", "erin", START, START.plusSeconds(60)), 1, 3), new Keys("x"), 0);
        for (int i = 1; i <= 3; i++) {
            assertThat(server.call(
                                    "EVAL",
                                    request.script().text(),
                                    "1",
                                    request.keys().get(0),
                                    "",
                                    request.values().get(1),
                                    "1",
                                    "1",
                                    "3")
                            .lines())
                    .containsExactly("1", String.valueOf(i));
        }
    }

    private static long expires(Counter counter) {
        return Long.parseLong(server.call("PEXPIRETIME", new Keys("ratelimit").of(counter)));
    }
}
