package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Adjust;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.quota.spi.Outcome.Grouped;
import dev.ratelimit.store.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted in real databases, beside what the contract's own tests check. */
class CountingIT {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID HOLDER = UUID.fromString("00000000-0000-0000-0000-000000000001");

    /** A pool and a store on it. */
    private record Fixture(HikariDataSource pool, JdbcQuotaStore store) implements AutoCloseable {

        static Fixture of(TestDatabase database) {
            HikariDataSource pool = database.pool();
            return new Fixture(pool, builder(pool).build());
        }

        /** One that goes by a clock that stands still. */
        static Fixture at(TestDatabase database, Instant now) {
            HikariDataSource pool = database.pool();
            return new Fixture(
                    pool, builder(pool).clock(InstantSource.fixed(now)).build());
        }

        static JdbcQuotaStoreBuilder builder(HikariDataSource pool) {
            return JdbcQuotaStore.builder(pool).table(TestDatabase.newTable()).createTables();
        }

        Outcome one(Operation operation) {
            return all(List.of(operation)).get(0);
        }

        List<Outcome> all(List<Operation> operations) {
            return store.apply(operations, Deadline.after(Duration.ofSeconds(20)));
        }

        @Override
        public void close() {
            store.close();
            pool.close();
        }
    }

    private static Counter counter(String subject) {
        return Counter.of("q", subject, START, START.plusSeconds(3600));
    }

    private static Acquire acquire(String subject, long want, long min, long limit) {
        return new Acquire(counter(subject), want, min, limit, null);
    }

    private static Acquire withId(String subject, long want, long limit, long sequence) {
        return new Acquire(counter(subject), want, want, limit, new OperationId(HOLDER, sequence));
    }

    @ParameterizedTest
    @EnumSource
    void counts_to_the_limit_and_says_what_is_left(TestDatabase database) {
        try (Fixture f = Fixture.of(database)) {
            assertThat(f.one(acquire("a", 11, 11, 10))).isEqualTo(new Counted(0, 0));
            assertThat(f.one(acquire("a", 7, 7, 10))).isEqualTo(new Counted(7, 7));
            assertThat(f.one(acquire("a", 4, 4, 10))).isEqualTo(new Counted(0, 7));
            assertThat(f.one(acquire("a", 9, 1, 10))).isEqualTo(new Counted(3, 10));
            assertThat(f.one(acquire("a", 1, 1, 10))).isEqualTo(new Counted(0, 10));
            assertThat(f.one(acquire("a", 1, 1, 5))).isEqualTo(new Counted(0, 10));
            assertThat(f.one(acquire("a", 5, 1, 12))).isEqualTo(new Counted(2, 12));
            assertThat(f.one(acquire("b", 5, 1, 0))).isEqualTo(new Counted(0, 0));
            assertThat(f.one(acquire("b", 50, 1, 8))).isEqualTo(new Counted(8, 8));
            assertThat(f.one(new Adjust(counter("b"), -3, null))).isEqualTo(new Counted(0, 5));
            assertThat(f.one(new Read(counter("b")))).isEqualTo(new Counted(0, 5));
            assertThat(f.one(new Read(counter("c")))).isEqualTo(new Counted(0, 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_largest_numbers_are_exact(TestDatabase database) {
        long most = Long.MAX_VALUE;
        try (Fixture f = Fixture.of(database)) {
            assertThat(f.one(acquire("a", most - 1, most - 1, most))).isEqualTo(new Counted(most - 1, most - 1));
            assertThat(f.one(acquire("a", most, 2, most))).isEqualTo(new Counted(0, most - 1));
            assertThat(f.one(acquire("a", most, 1, most))).isEqualTo(new Counted(1, most));
            assertThat(f.one(acquire("a", 1, 1, most))).isEqualTo(new Counted(0, most));
            assertThat(f.one(new Adjust(counter("a"), most, null))).isEqualTo(new Counted(0, most));
            assertThat(f.one(new Adjust(counter("a"), Long.MIN_VALUE, null))).isEqualTo(new Counted(0, 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_on_one_counter_is_decided_in_its_order(TestDatabase database) {
        try (Fixture f = Fixture.of(database)) {
            List<Operation> operations = new ArrayList<>(Collections.nCopies(250, acquire("hot", 1, 1, 200)));
            operations.add(new Read(counter("hot")));
            operations.add(withId("hot", 3, 300, 1));
            operations.add(withId("hot", 3, 300, 1));
            List<Outcome> outcomes = f.all(operations);
            assertThat(outcomes.get(199)).isEqualTo(new Counted(1, 200));
            assertThat(outcomes.get(200)).isEqualTo(new Counted(0, 200));
            assertThat(outcomes.get(250)).isEqualTo(new Counted(0, 200));
            assertThat(outcomes.subList(251, 253)).containsOnly(new Counted(3, 203));
            assertThat(f.one(withId("hot", 3, 300, 1))).isEqualTo(new Counted(3, 203));
            assertThat(f.one(new Read(counter("hot")))).isEqualTo(new Counted(0, 203));
        }
    }

    @ParameterizedTest
    @EnumSource
    void many_counters_of_one_call(TestDatabase database) {
        try (Fixture f = Fixture.of(database)) {
            List<Operation> operations = IntStream.range(0, 200)
                    .<Operation>mapToObj(i -> withId("s" + i, 2, 5, i + 1))
                    .toList();
            assertThat(f.all(operations)).containsOnly(new Counted(2, 2));
            assertThat(f.all(operations)).containsOnly(new Counted(2, 2));
            List<Operation> reads = IntStream.range(0, 200)
                    .<Operation>mapToObj(i -> new Read(counter("s" + i)))
                    .toList();
            assertThat(f.all(reads)).containsOnly(new Counted(0, 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_first_acquire_of_a_counter_is_guarded_too(TestDatabase database) throws Exception {
        try (Fixture f = Fixture.of(database)) {
            for (int round = 0; round < 5; round++) {
                String subject = "new" + round;
                List<Counted> outcomes = together(8, () -> (Counted) f.one(acquire(subject, 2, 1, 7)));
                assertThat(outcomes.stream().mapToLong(Counted::granted).sum()).isEqualTo(7);
                assertThat(f.one(new Read(counter(subject)))).isEqualTo(new Counted(0, 7));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void two_of_one_id_under_way_at_once_count_once(TestDatabase database) throws Exception {
        try (Fixture f = Fixture.of(database)) {
            f.one(acquire("there", 1, 1, 100));
            for (int round = 1; round <= 5; round++) {
                Acquire first = withId("new" + round, 5, 8, round);
                assertThat(together(6, () -> (Counted) f.one(first))).containsOnly(new Counted(5, 5));
                Acquire next = withId("there", 5, 1 + 5L * round, round);
                assertThat(together(6, () -> (Counted) f.one(next))).containsOnly(new Counted(5, 1 + 5L * round));
                Adjust refund = new Adjust(counter("new" + round), -2, new OperationId(HOLDER, 100 + round));
                assertThat(together(6, () -> (Counted) f.one(refund))).containsOnly(new Counted(0, 3));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void groups_count_all_or_none_and_do_not_block_each_other(TestDatabase database) throws Exception {
        try (Fixture f = Fixture.of(database)) {
            List<Grouped> outcomes = together(8, () -> {
                boolean turned = Thread.currentThread().getId() % 2 == 0;
                List<Acquire> parts = new ArrayList<>(List.of(acquire("x", 1, 1, 50), acquire("y", 1, 1, 20)));
                if (turned) {
                    Collections.reverse(parts);
                }
                Outcome last = f.one(new Group(parts));
                for (int i = 0; i < 4; i++) {
                    last = f.one(new Group(parts));
                }
                return (Grouped) last;
            });
            assertThat(outcomes).anyMatch(outcome -> !outcome.allowed());
            assertThat(f.one(new Read(counter("x")))).isEqualTo(new Counted(0, 20));
            assertThat(f.one(new Read(counter("y")))).isEqualTo(new Counted(0, 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_has_expired_is_deleted_with_its_operations_and_nothing_else(TestDatabase database) {
        try (Fixture f = Fixture.at(database, START.plusSeconds(1000))) {
            Counter stays = counter("stays");
            List<Operation> operations = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Counter goes = Counter.of("q", "goes" + i, START, START.plusSeconds(1 + i));
                operations.add(new Acquire(goes, 1, 1, 5, new OperationId(HOLDER, i + 1)));
            }
            operations.add(new Acquire(stays, 1, 1, 5, new OperationId(HOLDER, 1)));
            f.all(operations);
            assertThat(f.store().purge()).isEqualTo(200);
            assertThat(f.store().purge()).isZero();
            assertThat(f.one(operations.get(200))).isEqualTo(new Counted(1, 1));
            assertThat(f.one(new Read(stays))).isEqualTo(new Counted(0, 1));
            assertThat(f.one(operations.get(0))).isEqualTo(new Counted(1, 1));
            assertThat(f.store().purge()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_node_whose_clock_is_ahead_deletes_nothing_that_others_count_on(TestDatabase database) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Counter today = Counter.of("q", "today", now, now.plus(Duration.ofDays(2)));
        Counter over = Counter.of("q", "over", now.minusSeconds(3600), now.minusSeconds(1));
        try (Fixture f = Fixture.at(database, now.plus(Duration.ofDays(3)))) {
            f.one(Acquire.allOrNothing(today, 5, 5));
            f.one(Acquire.allOrNothing(over, 5, 5));
            assertThat(f.store().purge()).isEqualTo(1);
            assertThat(f.one(Acquire.allOrNothing(today, 1, 5))).isEqualTo(new Counted(0, 5));
            assertThat(f.one(new Read(over))).isEqualTo(new Counted(0, 0));
        }
        try (Fixture f = Fixture.at(database, now.minus(Duration.ofDays(3)))) {
            f.one(Acquire.allOrNothing(over, 5, 5));
            assertThat(f.store().purge()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_counter_that_was_forgotten_begins_anew(TestDatabase database) {
        try (Fixture f = Fixture.at(database, START.plusSeconds(5000))) {
            for (int round = 0; round < 3; round++) {
                assertThat(f.one(acquire("a", 2, 2, 5))).isEqualTo(new Counted(2, 2));
                assertThat(f.one(acquire("a", 2, 2, 5))).isEqualTo(new Counted(2, 4));
                assertThat(f.one(acquire("a", 2, 2, 5))).isEqualTo(new Counted(0, 4));
                assertThat(f.one(new Adjust(counter("a"), -1, null))).isEqualTo(new Counted(0, 3));
                assertThat(f.one(acquire("a", 2, 2, 5))).isEqualTo(new Counted(2, 5));
                assertThat(f.store().purge()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_closed_store_counts_nothing(TestDatabase database) {
        Fixture f = Fixture.of(database);
        f.close();
        f.close();
        assertThatThrownBy(() -> f.one(acquire("a", 1, 1, 1))).hasMessageContaining("the store is closed");
    }

    private static <T> List<T> together(int threads, Callable<T> task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(Collections.nCopies(threads, task))) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdown();
        }
    }
}
