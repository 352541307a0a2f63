package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.Waiting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A row that somebody else holds costs the database no connections, and nothing is counted after its caller has left.
 */
@Timeout(120)
class LockedRowIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final int CALLS = 40;
    private static final int POOL = 10;

    private static final Acquire ONE = Acquire.allOrNothing(Load.COUNTER, 1, Long.MAX_VALUE);
    private static final Group TWO =
            new Group(List.of(ONE, Acquire.allOrNothing(Load.counter("second"), 1, Long.MAX_VALUE)));

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "H2_FILE")
    void statements_end_at_the_server_when_their_callers_leave(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource others = database.pool();
                HikariDataSource pool = database.pool();
                JdbcQuotaStore store = open(pool, table);
                Connection somebodyElse = others.getConnection()) {
            store.apply(List.of(Acquire.allOrNothing(Load.COUNTER, 8, 100)), Deadline.after(PATIENCE));
            store.apply(List.of(ONE), Deadline.after(PATIENCE));
            long before = connections(others, database);
            somebodyElse.setAutoCommit(false);
            execute(somebodyElse, "SELECT * FROM " + table + " FOR UPDATE");

            long most = before;
            for (int i = 0; i < CALLS; i++) {
                fails(store, i % 2 == 0 ? ONE : TWO);
                most = Math.max(most, connections(others, database));
            }

            assertThat(most).as("connections at the server").isLessThanOrEqualTo(before + POOL);
            assertThat(Waiting.until(PATIENCE, () -> connections(others, database) <= before + 1))
                    .as("connections at the server, in the end")
                    .isTrue();
            somebodyElse.rollback();
            assertThat(used(store)).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "H2_FILE")
    void a_counter_that_somebody_else_is_inserting_ends_them_too(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource others = database.pool();
                HikariDataSource pool = database.pool();
                JdbcQuotaStore store = open(pool, table);
                Connection somebodyElse = others.getConnection()) {
            somebodyElse.setAutoCommit(false);
            execute(
                    somebodyElse,
                    "INSERT INTO " + table + " VALUES ('" + Load.COUNTER.name() + "', 5, " + Long.MAX_VALUE + ")");
            fails(store, ONE);
            fails(store, TWO);
            assertThat(Waiting.until(PATIENCE, () -> waiting(others, database, table) == 0))
                    .isTrue();
            somebodyElse.commit();
            assertThat(used(store)).isEqualTo(5);
        }
    }

    /** A lock on the gap where the row will be: the query for it waits for nobody, and the insert does. */
    @ParameterizedTest
    @EnumSource(names = {"MARIADB", "MYSQL"})
    void an_insert_that_waits_for_a_lock_ends_them_too(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource others = database.pool();
                HikariDataSource pool = database.pool();
                JdbcQuotaStore store = open(pool, table);
                Connection somebodyElse = others.getConnection()) {
            Acquire first = Acquire.allOrNothing(Load.counter("first"), 1, Long.MAX_VALUE);
            store.apply(List.of(first), Deadline.after(PATIENCE));
            long patience = lockWait(pool);
            somebodyElse.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            somebodyElse.setAutoCommit(false);
            execute(
                    somebodyElse,
                    "SELECT * FROM " + table + " WHERE counter = '" + Load.COUNTER.name() + "' FOR UPDATE");
            fails(store, ONE);
            fails(store, TWO);
            assertThat(Waiting.until(PATIENCE, () -> waiting(others, database, table) == 0))
                    .isTrue();
            // While a caller waits, the insert is tried again and again.
            StoreException failure = catchThrowableOfType(
                    StoreException.class, () -> store.apply(List.of(ONE), Deadline.after(Duration.ofSeconds(3))));
            assertThat(failure).isNotNull();
            somebodyElse.rollback();
            assertThat(used(store)).isZero();
            assertThat(((Counted) store.apply(List.of(ONE), Deadline.after(PATIENCE))
                                    .get(0))
                            .used())
                    .isEqualTo(1);
            // No connection has gone back to the pool with a setting that is not its own.
            for (int i = 0; i < 2 * POOL; i++) {
                assertThat(lockWait(pool)).isEqualTo(patience);
            }
        }
    }

    private static long lockWait(HikariDataSource pool) {
        return number(pool, "SELECT @@SESSION.innodb_lock_wait_timeout");
    }

    @Test
    void commits_that_wait_for_a_replica_that_is_gone_do_not_pile_up() throws SQLException {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        try (PostgresServer server = PostgresServer.start();
                HikariDataSource others = TestDatabase.pool(PostgresServer.jdbcUrl(server.port()));
                HikariDataSource pool = TestDatabase.pool(PostgresServer.jdbcUrl(server.port()));
                JdbcQuotaStore store =
                        JdbcQuotaStore.builder(pool).maxCalls(3).createTables().build()) {
            store.apply(List.of(ONE), Deadline.after(PATIENCE));
            alterSystem(others, "SET synchronous_standby_names = 'gone'");
            int refused = 0;
            for (int i = 0; i < 30; i++) {
                // One row of its own for each, which a commit holds until it is over.
                Acquire other = Acquire.allOrNothing(Load.counter("other-" + i), 1, Long.MAX_VALUE);
                StoreException failure = catchThrowableOfType(
                        StoreException.class, () -> store.apply(List.of(other), Deadline.after(SHORT)));
                if (failure != null && String.valueOf(failure.getMessage()).contains("statements unanswered")) {
                    assertThat(failure.certainty()).isEqualTo(Certainty.NOT_APPLIED);
                    refused++;
                }
            }
            // Three until it refuses, and one for each of its tries.
            assertThat(waiting(others, TestDatabase.POSTGRESQL, "ratelimit_quota"))
                    .isBetween(3L, 12L);
            assertThat(refused).isGreaterThan(10);

            alterSystem(others, "RESET synchronous_standby_names");
            assertThat(Waiting.until(PATIENCE, () -> answers(store))).isTrue();
            for (int i = 0; i < 30; i++) {
                store.apply(List.of(ONE), Deadline.after(PATIENCE));
            }
        }
    }

    private static boolean answers(JdbcQuotaStore store) {
        try {
            store.apply(List.of(ONE), Deadline.after(Duration.ofSeconds(1)));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private static void alterSystem(HikariDataSource source, String what) throws SQLException {
        try (Connection connection = source.getConnection()) {
            execute(connection, "ALTER SYSTEM " + what);
            execute(connection, "SELECT pg_reload_conf()");
        }
    }

    private static JdbcQuotaStore open(HikariDataSource pool, String table) {
        pool.setMaximumPoolSize(POOL);
        return JdbcQuotaStore.builder(pool).table(table).createTables().build();
    }

    private static void fails(JdbcQuotaStore store, Operation operation) {
        StoreException failure = catchThrowableOfType(
                StoreException.class, () -> store.apply(List.of(operation), Deadline.after(SHORT)));
        // A busy machine may not have sent it in time, and then says something else.
        assertThat(failure).isNotNull();
        if (operation instanceof Group) {
            assertThat(failure.certainty()).isEqualTo(Certainty.NOT_APPLIED);
        }
    }

    private static long used(JdbcQuotaStore store) {
        return ((Counted) store.apply(List.of(new Read(Load.COUNTER)), Deadline.after(PATIENCE))
                        .get(0))
                .used();
    }

    /** All connections that the server has, also those whose client has gone. */
    private static long connections(HikariDataSource source, TestDatabase database) {
        return number(
                source,
                database == TestDatabase.POSTGRESQL
                        ? "SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                        : "SELECT COUNT(*) FROM information_schema.processlist");
    }

    private static long waiting(HikariDataSource source, TestDatabase database, String table) {
        String where = database == TestDatabase.POSTGRESQL
                ? "pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%" + table + "%'"
                : "information_schema.processlist WHERE id <> connection_id() AND info LIKE '%" + table + "%'";
        return number(source, "SELECT COUNT(*) FROM " + where);
    }

    private static long number(HikariDataSource source, String query) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
