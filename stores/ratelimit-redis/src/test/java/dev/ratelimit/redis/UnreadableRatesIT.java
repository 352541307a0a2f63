package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Certainty;
import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.RateOutcome.Failed;
import dev.ratelimit.rate.spi.RateStore;
import dev.ratelimit.rate.spi.StoredRate;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under the key of a budget: a state, for as long as it says something; or what another program has written. */
class UnreadableRatesIT {

    private static final BudgetTerms TERMS = new BudgetTerms(List.of(new StoredRate(1_000_000_000, 1, 5)));
    private static final String KEY = "{ratelimit:one}";

    private static RedisServer server;
    private static RateStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = RedisRateStore.connect(RedisURI.create("127.0.0.1", server.port()));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "2 0 0 0 0",
                "1 0 0 0",
                "1 0 0 0 0 1",
                "1  0 0 0 0",
                "1 0 0 0 0 ",
                "1 0 0 0 1.5",
                "1 0 0 0 99999999999999999999"
            })
    void what_is_no_state_is_neither_granted_nor_changed(String text) {
        server.call("SET", KEY, text);
        assertThatThrownBy(() -> BudgetState.parse(text)).isInstanceOf(IllegalArgumentException.class);
        refused("UNREADABLE the state of the budget " + KEY + " is \"" + text + "\"");
        assertThat(server.call("GET", KEY)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 0 0 0 0 0 1 0 0 0 0", "1 0 0 0 0 1 0 0 0 0 0", "1 0 0 0 -1"})
    void a_cell_without_a_rate_and_a_negative_number_are_none(String text) {
        server.call("SET", KEY, text);
        refused("UNREADABLE");
    }

    @Test
    void a_key_of_another_type() {
        server.call("DEL", KEY);
        server.call("HSET", KEY, "u", "1");
        refused("WRONGTYPE");
    }

    /** Five permits of 1,000 s each are owed after 5,000 s. */
    @Test
    void a_state_is_kept_a_second_longer_than_it_owes() {
        server.call("DEL", KEY);
        assertThat(((Applied) apply(Take.allOrNothing("one", TERMS, 5))).permits())
                .isEqualTo(5);
        assertThat(Long.parseLong(server.call("PTTL", KEY))).isBetween(5_001_000L - 30_000, 5_001_001L);
        assertThat(BudgetState.parse(server.call("GET", KEY)).expiresMicros()).isPositive();
    }

    private static void refused(String message) {
        assertThat(apply(Take.allOrNothing("one", TERMS, 1))).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(failed.cause()).hasMessageContaining(message);
        });
    }

    private static RateOutcome apply(RateOperation operation) {
        return store.apply(List.of(operation), Deadline.after(Duration.ofSeconds(10)))
                .get(0);
    }
}
