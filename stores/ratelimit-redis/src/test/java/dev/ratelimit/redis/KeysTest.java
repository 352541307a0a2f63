package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.OperationId;
import io.lettuce.core.cluster.SlotHash;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of counters, operations and budgets. */
class KeysTest {

    private static final Instant START = Instant.ofEpochSecond(1_000);
    private final Keys keys = new Keys("shop");

    @Test
    void a_key_names_namespace_subject_quota_and_start() {
        assertThat(keys.of(counter("orders", "alice"))).isEqualTo("{shop:alice}/orders/1000");
    }

    @Test
    void counters_of_one_subject_are_in_one_slot() {
        assertThat(SlotHash.getSlot(keys.of(counter("orders", "alice"))))
                .isEqualTo(SlotHash.getSlot(keys.of(counter("mails", "alice"))))
                .isNotEqualTo(SlotHash.getSlot(keys.of(counter("orders", "bob"))));
    }

    @Test
    void braces_and_colons_of_a_subject_make_no_other_name() {
        assertThat(keys.of(counter("orders", "}x{:/"))).isEqualTo("{shop:%7Dx%7B%3A%2F}/orders/1000");
    }

    @Test
    void a_key_of_a_budget_is_never_that_of_a_counter() {
        assertThat(keys.ofBudget("alice")).isEqualTo("{shop:alice}");
        String tricky = keys.ofBudget("alice}/orders/60.1000");
        assertThat(tricky).startsWith("{shop:alice}/orders/").endsWith("}");
        assertThat(keys.counter(tricky, START)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "}x{:/", "a*?[b]", "a_b%", "\u20ac"})
    void a_key_is_read_as_the_counter_that_has_it(String subject) {
        Counter counter = counter("orders", subject);
        assertThat(keys.counter(keys.of(counter), Instant.MAX)).contains(counter);
        Counter ofLength = Counter.window("or_de.rs", "1mo", START, Instant.MAX).of(subject);
        assertThat(keys.counter(keys.of(ofLength), Instant.MAX)).contains(ofLength);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{shop:a}",
                "{shop:a}/",
                "{shop:a}/orders",
                "{shop:a}/orders/",
                "{shop:a}/orders/x",
                "{shop:a}/orders/01000",
                "{shop:a}/orders/99999999999999999",
                "{shop:a}/or/ders/1000",
                "{shop:}/orders/1000",
                "{shop:a b}/orders/1000",
                "{shop:a}x/orders/1000",
                "{shop:a}/}/orders/1000",
                "{shops:a}/orders/1000",
                "x{shop:a}/orders/1000"
            })
    void other_keys_are_no_counters(String key) {
        assertThat(keys.counter(key, Instant.MAX)).isEmpty();
    }

    @Test
    void the_field_of_an_operation_is_no_other_field() {
        String field = Keys.of(new OperationId(new UUID(0, 0), 7));
        assertThat(field).isEqualTo("AAAAAAAAAAAAAAAAAAAAAA:7").isNotIn("u", "e", "");
        assertThat(Keys.of((OperationId) null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a}b", "a b", "ä", "a/b", "a*"})
    void a_namespace_is_plain(String namespace) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Keys(namespace))
                .withMessageContaining("namespace must be 1 to 64");
    }

    private static Counter counter(String quota, String subject) {
        return Counter.of(quota, subject, START, START.plusSeconds(60));
    }
}
