package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.KeyUsage;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists of counters, beside what the contract's own tests check. */
@Timeout(120)
class ListingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant EXPIRES = Instant.parse("2100-01-01T00:00:00Z");
    private static final int MANY = 10_000;

    @ParameterizedTest
    @EnumSource
    void no_character_of_a_name_is_a_wildcard(TestDatabase database) {
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store = builder(pool).build()) {
            String[] quotas = {"a_b", "a.b", "a-b", "axb", "A_B", "a_b_", "a_", "a_b0", "a__"};
            String[] keys = {"%", "_", "a%", "*", "?", "[a-z]", "\\", "'", "\"", "\u20ac", " ", "k".repeat(300)};
            for (String quota : quotas) {
                List<Operation> operations = new ArrayList<>();
                for (int i = 0; i < keys.length; i++) {
                    operations.add(acquire(counter(quota, keys[i]), 100 - i));
                }
                store.apply(operations, Deadline.after(PATIENCE));
            }
            for (String quota : quotas) {
                List<ListedCounter> expected = IntStream.range(0, keys.length)
                        .mapToObj(i -> new ListedCounter(counter(quota, keys[i]), 100 - i))
                        .toList();
                assertThat(list(store, quota, 100)).as(quota).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void many_counters_are_read_while_others_count(TestDatabase database) {
        AtomicInteger taken = new AtomicInteger();
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store = JdbcQuotaStore.builder(counting(pool, taken))
                        .table(TestDatabase.newTable())
                        .createTables()
                        .maxCalls(1)
                        .build()) {
            for (int from = 0; from < MANY; from += 250) {
                List<Operation> some = IntStream.range(from, from + 250)
                        .mapToObj(i -> (Operation) acquire(counter("many", "k" + i), used(i)))
                        .toList();
                store.apply(some, Deadline.after(PATIENCE));
            }
            CompletableFuture<List<ListedCounter>> few = CompletableFuture.supplyAsync(() -> list(store, "many", 5));
            long counted = 0;
            do {
                Operation other = acquire(counter("other", "k"), 1);
                assertThat(store.apply(List.of(other), Deadline.after(PATIENCE)))
                        .containsExactly(new Counted(1, ++counted));
            } while (!few.isDone());
            assertThat(few.join())
                    .extracting(ListedCounter::used)
                    .containsExactly(10_000L, 9_999L, 9_998L, 9_997L, 9_996L);
            taken.set(0);
            assertThat(list(store, "many", CounterQuery.MAX))
                    .hasSize(MANY)
                    .isSortedAccordingTo((one, other) -> Long.compare(other.used(), one.used()));
            // With one connection from page to page, a list would keep all others out.
            assertThat(taken.get()).isGreaterThanOrEqualTo(MANY / CounterPages.SIZE);
        }
    }

    /** The same pool, of which it is known how often a connection was taken. */
    private static DataSource counting(DataSource pool, AtomicInteger taken) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    taken.incrementAndGet();
                    return method.invoke(pool, arguments);
                });
    }

    /** From 1 to {@link #MANY}, each once, in another order than that of names. */
    private static long used(int i) {
        return 1 + i * 7_919L % MANY;
    }

    @ParameterizedTest
    @EnumSource
    void counters_of_other_namespaces_and_rows_that_are_no_counters_are_not_listed(TestDatabase database)
            throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore none =
                        JdbcQuotaStore.builder(pool).table(table).createTables().build();
                JdbcQuotaStore shop = JdbcQuotaStore.builder(pool)
                        .table(table)
                        .namespace("sh_p")
                        .build();
                JdbcQuotaStore other = JdbcQuotaStore.builder(pool)
                        .table(table)
                        .namespace("shop")
                        .build()) {
            none.apply(List.of(acquire(counter("q", "ada"), 1)), Deadline.after(PATIENCE));
            shop.apply(List.of(acquire(counter("q", "ada"), 2)), Deadline.after(PATIENCE));
            other.apply(List.of(acquire(counter("q", "ada"), 3)), Deadline.after(PATIENCE));
            for (String name : List.of("q/", "q/x", "q/a b/1", "q/x/99999999999999999", "q0", "sh_p:q/ada")) {
                run(pool, "INSERT INTO " + table + " (counter, used, expires) VALUES ('" + name + "', 9, 9)");
            }
            assertThat(list(none, "q", 10)).containsExactly(new ListedCounter(counter("q", "ada"), 1));
            assertThat(list(shop, "q", 10)).containsExactly(new ListedCounter(counter("q", "ada"), 2));
            assertThat(list(other, "q", 10)).containsExactly(new ListedCounter(counter("q", "ada"), 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_somebody_holds_is_listed(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store =
                        JdbcQuotaStore.builder(pool).table(table).createTables().build();
                Connection holder = pool.getConnection();
                Statement statement = holder.createStatement()) {
            store.apply(List.of(acquire(counter("q", "ada"), 1)), Deadline.after(PATIENCE));
            holder.setAutoCommit(false);
            statement.execute("UPDATE " + table + " SET used = 7");
            assertThat(list(store, "q", 10)).containsExactly(new ListedCounter(counter("q", "ada"), 1));
            holder.rollback();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL"})
    void a_table_that_cannot_be_read_costs_the_deadline(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store =
                        JdbcQuotaStore.builder(pool).table(table).createTables().build();
                Connection holder = pool.getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(
                    database == TestDatabase.POSTGRESQL ? "LOCK TABLE " + table : "LOCK TABLES " + table + " WRITE");
            StoreException late = catchThrowableOfType(
                    StoreException.class, () -> store.list(query("q", 10), Deadline.after(Duration.ofMillis(300))));
            assertThat(late.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(late).hasMessageContaining("deadline");
            if (database != TestDatabase.POSTGRESQL) {
                statement.execute("UNLOCK TABLES");
            }
            holder.rollback();
            assertThat(list(store, "q", 10)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_deadline_that_has_passed(TestDatabase database) {
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store = builder(pool).build()) {
            StoreException late = catchThrowableOfType(
                    StoreException.class, () -> store.list(query("q", 10), Deadline.after(Duration.ofNanos(1))));
            assertThat(late.certainty()).isEqualTo(Certainty.NOT_APPLIED);
            assertThat(late).hasMessageContaining("the deadline passed when 0 counters of the quota had been read");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void a_user_who_may_no_longer_read(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        String user = "lists_" + table;
        try (HikariDataSource root = database.pool();
                HikariDataSource pool = TestDatabase.pool(database.url().replaceAll("user=[a-z]+", "user=" + user))) {
            JdbcQuotaStore.builder(root).table(table).createTables();
            run(root, "CREATE USER " + user + (database == TestDatabase.POSTGRESQL ? " LOGIN" : ""));
            for (String each : List.of(table, table + "_operation")) {
                run(root, "GRANT SELECT, INSERT, UPDATE, DELETE ON " + each + " TO " + user);
            }
            try (JdbcQuotaStore store =
                    JdbcQuotaStore.builder(pool).table(table).build()) {
                assertThat(list(store, "q", 10)).isEmpty();
                run(root, "REVOKE SELECT ON " + table + " FROM " + user);
                StoreException refused = catchThrowableOfType(StoreException.class, () -> list(store, "q", 10));
                assertThat(refused.certainty()).isEqualTo(Certainty.NOT_APPLIED);
                assertThat(refused).hasMessageContaining("grant it SELECT on " + table + ":");
            }
        }
    }

    /** A language's order may pass over {@code /}, so that {@code q/z} comes after {@code q0}. */
    @ParameterizedTest
    @EnumSource(names = "POSTGRESQL")
    void a_table_with_a_language_s_order(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool()) {
            JdbcQuotaStoreBuilder builder =
                    JdbcQuotaStore.builder(pool).table(table).createTables();
            String order = "order_of_" + table;
            run(pool, "CREATE COLLATION " + order + " (provider = icu, locale = 'und-u-ka-shifted')");
            run(pool, "ALTER TABLE " + table + " ALTER COLUMN counter TYPE VARCHAR(916) COLLATE " + order);
            try (JdbcQuotaStore store = builder.build()) {
                List<ListedCounter> expected = new ArrayList<>();
                for (String key : List.of("z", "-", "A", "a", "B", "b", "0", "%", "_", "z.z")) {
                    Counter counter = counter("q", key);
                    expected.add(new ListedCounter(counter, 100 - expected.size()));
                    store.apply(List.of(acquire(counter, 101 - expected.size())), Deadline.after(PATIENCE));
                }
                assertThat(list(store, "q", 100)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void operators_see_who_uses_most_and_reset_all(TestDatabase database) {
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore store = builder(pool).namespace("shop").build();
                QuotaService quotas = Quotas.builder(store)
                        .quota(Quota.of("calls_a-month", 100, CalendarWindow.monthly()))
                        .clock(InstantSource.fixed(START))
                        .deadline(PATIENCE)
                        .build()) {
            quotas.consume("ada", 3);
            quotas.consume("m\u00fcller & co", 7);
            quotas.consume("_", 5);
            assertThat(quotas.operations().mostUsed("calls_a-month", 2))
                    .containsExactly(
                            new KeyUsage("m\u00fcller & co", false, "1mo", START, 7),
                            new KeyUsage("_", false, "1mo", START, 5));
            assertThat(quotas.operations().resetAll("calls_a-month", START, START.plusSeconds(1)))
                    .isEqualTo(3);
            assertThat(quotas.operations().mostUsed("calls_a-month", 2)).isEmpty();
        }
    }

    private static JdbcQuotaStoreBuilder builder(HikariDataSource pool) {
        return JdbcQuotaStore.builder(pool).table(TestDatabase.newTable()).createTables();
    }

    private static Counter counter(String quota, String key) {
        return Counter.window(quota, "1mo", START, EXPIRES).of(key);
    }

    private static Acquire acquire(Counter counter, long amount) {
        return Acquire.allOrNothing(counter, amount, Long.MAX_VALUE);
    }

    private static CounterQuery query(String quota, int max) {
        return new CounterQuery(quota, "1mo", START, START.plusSeconds(1), max);
    }

    private static List<ListedCounter> list(JdbcQuotaStore store, String quota, int max) {
        return store.list(query(quota, max), Deadline.after(PATIENCE));
    }

    private static void run(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }
}
