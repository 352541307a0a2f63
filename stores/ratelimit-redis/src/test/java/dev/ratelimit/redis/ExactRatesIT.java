package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.testservers.RedisServer;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The script computes what {@code BudgetState} computes, unit for unit, though its numbers are doubles. */
class ExactRatesIT {

    private static final int ROUNDS = 120;
    private static final int BUDGETS = 250;

    private static RedisServer server;
    private static RedisRateStore store;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        RedisURI address = RedisURI.create("127.0.0.1", server.port());
        store = RedisRateStore.connect(address);
        client = RedisClient.create(address);
        connection = client.connect();
    }

    @AfterAll
    static void stop() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        store.close();
        server.close();
    }

    /** 30,000 steps of random states, some of them at the limits of numbers, and of the states that they become. */
    @Test
    void random_states_and_operations() {
        RandomBudgets random = new RandomBudgets(7);
        List<String> before = new ArrayList<>(Collections.nCopies(BUDGETS, ""));
        int compared = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<RateOperation> operations = new ArrayList<>();
            long now = System.currentTimeMillis() * 1000;
            for (int i = 0; i < BUDGETS; i++) {
                if (before.get(i).isEmpty() || random.oneOf(3)) {
                    before.set(i, random.state(now));
                }
                operations.add(random.operation("budget-" + i, before.get(i)));
            }
            List<String> after = stepped(before, operations);
            for (int i = 0; i < BUDGETS; i++) {
                compared += after.get(i).isEmpty() ? 0 : 1;
            }
            before = after;
        }
        assertThat(compared).isGreaterThan(ROUNDS * BUDGETS * 8 / 10);
    }

    /** Applies an operation to each state, and compares; returns the states after it, empty if not compared. */
    private static List<String> stepped(List<String> before, List<RateOperation> operations) {
        Map<String, String> states = new LinkedHashMap<>();
        for (int i = 0; i < BUDGETS; i++) {
            states.put("{ratelimit:budget-" + i + "}", before.get(i));
        }
        connection.sync().mset(states);
        List<RateOutcome> outcomes = store.apply(operations, Deadline.after(Duration.ofSeconds(30)));
        List<KeyValue<String, String>> found =
                connection.sync().mget(states.keySet().toArray(String[]::new));
        List<String> after = new ArrayList<>();
        for (int i = 0; i < BUDGETS; i++) {
            String text = found.get(i).getValueOrElse("");
            boolean compared =
                    !text.isEmpty() && StoredBudget.compare(before.get(i), operations.get(i), outcomes.get(i), text);
            after.add(compared ? text : "");
        }
        return after;
    }

    /** The clock of the random budgets always bounds them, so these have none. */
    @Test
    void numbers_of_permits_that_no_double_has() {
        BudgetTerms none = new BudgetTerms(List.of());
        long many = Long.MAX_VALUE - 1;
        assertThat(applied(Take.allOrNothing("free", none, many))).isEqualTo(new Applied(many, List.of(), 0, 0));
        assertThat(applied(new Charge("free", none, many))).isEqualTo(new Applied(many, List.of(), 0, 0));
        assertThat(applied(new Refund("free", none, many))).isEqualTo(new Applied(many, List.of(), 0, 0));
        BudgetTerms single = new BudgetTerms(List.of(new StoredRate(1, 1, 1)));
        long most = StoredRate.MAX_UNITS - 1;
        assertThat(applied(new Charge("charged", single, many))).isEqualTo(new Applied(most, List.of(most), 0, 0));
        assertThat(applied(new Refund("charged", single, many)).debts()).containsExactly(0L);
    }

    private static Applied applied(RateOperation operation) {
        return (Applied) store.apply(List.of(operation), Deadline.after(Duration.ofSeconds(30)))
                .get(0);
    }

    /** The comparison finds a unit and a microsecond. */
    @Test
    void a_unit_too_much_is_found() {
        RandomBudgets random = new RandomBudgets(8);
        String before = random.state(1_800_000_000_000_000L);
        Read read = new Read("budget", random.clock());
        long debt = Long.parseLong(before.split(" ", -1)[7]) - 1_800_000_000_000_000L;
        Applied right = new Applied(0, List.of(debt), 0, 0);
        assertThat(StoredBudget.compare(before, read, right, before)).isTrue();
        assertThatThrownBy(() -> StoredBudget.compare(before, read, new Applied(1, List.of(debt), 0, 0), before))
                .isInstanceOf(AssertionError.class);
        String other = before.substring(0, before.length() - 1) + (before.endsWith("1") ? "2" : "1");
        assertThatThrownBy(() -> StoredBudget.compare(before, read, right, other))
                .isInstanceOf(AssertionError.class);
    }
}
