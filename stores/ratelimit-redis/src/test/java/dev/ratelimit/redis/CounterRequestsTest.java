package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations as calls of scripts, and answers as outcomes. */
class CounterRequestsTest {

    private static final Keys KEYS = new Keys("shop");

    @Test
    void an_adjust_has_a_sign_and_an_amount_also_the_least() {
        assertThat(request(new Operation.Adjust(counter(2_000), Long.MIN_VALUE, null))
                        .values())
                .containsExactly("", "2000001", "1001000", "-", "9223372036854775808", "9223372036854775807");
        assertThat(request(new Operation.Adjust(counter(2_000), 5, null)).values())
                .contains("+", "5");
    }

    @Test
    void a_counter_before_1970_lives_as_long_as_its_window() {
        Counter counter = Counter.of("orders", "alice", Instant.ofEpochSecond(-100), Instant.ofEpochSecond(-40));
        assertThat(request(Operation.Acquire.allOrNothing(counter, 1, 1)).values())
                .startsWith("", "1", "61000");
    }

    @Test
    void a_counter_that_expires_never_does_so_at_the_last_exact_millisecond() {
        Counter counter = Counter.of("orders", "alice", Instant.ofEpochSecond(1_000), Instant.MAX);
        assertThat(request(Operation.Acquire.allOrNothing(counter, 1, 1)).values())
                .startsWith("", "9007199254740991", "9007199254740000");
    }

    @Test
    void answers_are_outcomes() {
        Operation.Acquire first = Operation.Acquire.allOrNothing(counter(2_000), 5, 9);
        Operation.Acquire second = Operation.Acquire.allOrNothing(
                Counter.of("mails", "alice", Instant.ofEpochSecond(0), Instant.ofEpochSecond(2_000)), 6, 9);
        assertThat(request(first).answers().outcome(List.of("5", "7"))).isEqualTo(new Counted(5, 7));
        assertThat(request(new Operation.Group(List.of(first, second)))
                        .answers()
                        .outcome(List.of("5", "7", "6", "9")))
                .isEqualTo(new Grouped(List.of(new Counted(5, 7), new Counted(6, 9))));
        assertThatIllegalStateException()
                .isThrownBy(() -> request(first).answers().outcome(List.of("PONG")));
    }

    private static Request<Outcome> request(Operation operation) {
        return CounterRequests.of(operation, KEYS);
    }

    private static Counter counter(long expires) {
        return Counter.of("orders", "alice", Instant.ofEpochSecond(1_000), Instant.ofEpochSecond(expires));
    }
}
