package dev.ratelimit.redis;

import static dev.ratelimit.redis.Asking.acquire;
import static dev.ratelimit.redis.Asking.ask;
import static dev.ratelimit.redis.Asking.counter;
import static java.time.temporal.ChronoUnit.SECONDS;
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

    /** A caller whose clock is behind by days must not find its counters forgotten. */
    @Test
    void counters_of_a_clock_three_days_behind_are_kept_as_long_as_their_window_is() {
        Instant now = Instant.now().minus(Duration.ofDays(3));
        Counter counter =
                Counter.of("orders", "dave", now.minusSeconds(60).truncatedTo(SECONDS), now.plusSeconds(3_540));
        for (int i = 1; i <= 3; i++) {
            assertThat(ask(store, acquire(counter, 1, 1, 3, i))).isEqualTo(new Counted(1, i));
        }
        assertThat(ask(store, acquire(counter, 1, 3))).isEqualTo(new Counted(0, 3));
        assertThat(ask(store, acquire(counter, 1, 1, 3, 2))).isEqualTo(new Counted(1, 2));
        assertThat(left(counter)).isBetween(3_540_000L, 3_602_000L);
    }

    /** Its counters are those of other windows; they go when that clock says so. */
    @Test
    void counters_of_a_clock_three_days_ahead_take_nothing_from_others() {
        Instant now = Instant.now();
        Instant ahead = now.plus(Duration.ofDays(3));
        Counter right = Counter.of("orders", "erin", now.minusSeconds(60).truncatedTo(SECONDS), now.plusSeconds(3_540));
        Counter wrong =
                Counter.of("orders", "erin", ahead.minusSeconds(60).truncatedTo(SECONDS), ahead.plusSeconds(3_540));
        ask(store, acquire(right, 7, 10));
        assertThat(ask(store, acquire(wrong, 2, 10))).isEqualTo(new Counted(2, 2));
        assertThat(ask(store, new Operation.Adjust(wrong, -1, null)).used()).isEqualTo(1);
        assertThat(ask(store, acquire(right, 4, 10))).isEqualTo(new Counted(0, 7));
        assertThat(left(right)).isBetween(3_400_000L, 3_541_000L);
        assertThat(left(wrong))
                .isBetween(
                        Duration.ofDays(3).toMillis() + 3_400_000L,
                        Duration.ofDays(3).toMillis() + 3_541_000L);
    }

    /** One counter, named with two instants: by a right clock, and with one that is over. */
    @Test
    void an_instant_that_is_over_does_not_shorten_what_is_kept() {
        Instant now = Instant.now();
        Instant start = now.minus(Duration.ofDays(3)).truncatedTo(SECONDS);
        ask(store, acquire(Counter.of("orders", "frank", start, now.plusSeconds(3_600)), 7, 10));
        Counter belated = Counter.of("orders", "frank", start, now.minusSeconds(60));
        assertThat(ask(store, acquire(belated, 1, 10))).isEqualTo(new Counted(1, 8));
        assertThat(ask(store, new Operation.Adjust(belated, -1, null)).used()).isEqualTo(7);
        assertThat(left(belated)).isBetween(3_500_000L, 3_601_000L);
    }

    private static long left(Counter counter) {
        return Long.parseLong(server.call("PTTL", new Keys("ratelimit").of(counter)));
    }

    private static long expires(Counter counter) {
        return Long.parseLong(server.call("PEXPIRETIME", new Keys("ratelimit").of(counter)));
    }
}
