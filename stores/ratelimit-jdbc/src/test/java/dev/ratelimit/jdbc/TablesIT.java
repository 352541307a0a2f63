package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where counters stand: in which schema, under which names; and what the user may do there. */
@Timeout(120)
class TablesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Acquire ONE = Acquire.allOrNothing(Load.COUNTER, 1, 100);
    private static final UUID HOLDER = new UUID(0, 7);

    @ParameterizedTest
    @EnumSource
    void a_schema_may_stand_before_the_name(TestDatabase database) throws SQLException {
        try (HikariDataSource pool = database.pool()) {
            run(pool, "CREATE SCHEMA elsewhere");
            try {
                assertThatThrownBy(JdbcQuotaStore.builder(pool).table("elsewhere.quota")::build)
                        .hasMessageContaining("elsewhere.quota")
                        .hasMessageContaining("not both there");
                countsIn(pool, "elsewhere.quota", "elsewhere.quota", "elsewhere.quota_operation");
                run(pool, "CREATE TABLE elsewhere.wrong (counter VARCHAR(851), used BIGINT, expires BIGINT)");
                assertThatThrownBy(JdbcQuotaStore.builder(pool).table("elsewhere.wrong")::build)
                        .hasMessageContaining("its primary key must be [counter], but is []");
            } finally {
                run(pool, "DROP TABLE IF EXISTS elsewhere.wrong");
                run(pool, "DROP TABLE IF EXISTS elsewhere.quota");
                run(pool, "DROP TABLE IF EXISTS elsewhere.quota_operation");
                run(pool, "DROP SCHEMA elsewhere");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void parts_in_quotes_are_taken_as_written(TestDatabase database) throws SQLException {
        boolean backquotes = database == TestDatabase.MARIADB || database == TestDatabase.MYSQL;
        String quote = backquotes ? "`" : "\"";
        String schema = quote + "Else-Where" + quote;
        String table = schema + "." + quote + "Quota-1" + quote;
        String operations = schema + "." + quote + "Quota-1_operation" + quote;
        try (HikariDataSource pool = database.pool()) {
            run(pool, "CREATE SCHEMA " + schema);
            try {
                countsIn(pool, "\"Else-Where\".`Quota-1`", table, operations);
            } finally {
                run(pool, "DROP TABLE IF EXISTS " + table);
                run(pool, "DROP TABLE IF EXISTS " + operations);
                run(pool, "DROP SCHEMA " + schema);
            }
        }
    }

    private static void countsIn(HikariDataSource pool, String name, String table, String operations)
            throws SQLException {
        Acquire withId = new Acquire(Load.COUNTER, 1, 1, 100, new OperationId(HOLDER, 1));
        JdbcQuotaStoreBuilder builder = JdbcQuotaStore.builder(pool).table(name);
        try (JdbcQuotaStore store = builder.createTables().createTables().build()) {
            assertThat(one(store, ONE)).isEqualTo(new Counted(1, 1));
            assertThat(one(store, withId)).isEqualTo(new Counted(1, 2));
            assertThat(ServerContract.count(pool, table)).isEqualTo(1);
            assertThat(ServerContract.count(pool, operations)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void applications_with_namespaces_share_a_table_and_no_counter(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        Group group = new Group(List.of(ONE, Acquire.allOrNothing(Load.counter("second"), 1, 100)));
        Acquire withId = new Acquire(Load.COUNTER, 1, 1, 100, new OperationId(HOLDER, 1));
        String longest = "n".repeat(64);
        try (HikariDataSource pool = database.pool();
                JdbcQuotaStore none = open(pool, table, null);
                JdbcQuotaStore billing = open(pool, table, "billing");
                JdbcQuotaStore search = open(pool, table, longest);
                JdbcQuotaStore searchToo = open(pool, table, longest)) {
            long used = 0;
            for (JdbcQuotaStore store : List.of(none, billing, search)) {
                assertThat(one(store, ONE)).isEqualTo(new Counted(1, 1));
                assertThat(one(store, ONE)).isEqualTo(new Counted(1, 2));
                assertThat(one(store, withId)).isEqualTo(new Counted(1, 3));
                assertThat(one(store, withId)).isEqualTo(new Counted(1, 3));
                store.apply(List.of(group), Deadline.after(PATIENCE));
                used++;
            }
            assertThat(used).isEqualTo(3);
            assertThat(one(searchToo, new Read(Load.COUNTER))).isEqualTo(new Counted(0, 4));
            assertThat(names(pool, table))
                    .contains(
                            "faults/load/1767225600",
                            "billing:faults/load/1767225600",
                            "billing:faults/second/1767225600",
                            longest + ":faults/load/1767225600")
                    .hasSize(6);
        }
    }

    private static JdbcQuotaStore open(HikariDataSource pool, String table, @Nullable String namespace) {
        JdbcQuotaStoreBuilder builder =
                JdbcQuotaStore.builder(pool).table(table).createTables();
        return (namespace == null ? builder : builder.namespace(namespace)).build();
    }

    @ParameterizedTest
    @EnumSource
    void a_column_of_old_holds_names_without_a_namespace_only(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool()) {
            JdbcQuotaStore.builder(pool).table(table).createTables();
            boolean modify = database == TestDatabase.MARIADB || database == TestDatabase.MYSQL;
            for (String each : List.of(table, table + "_operation")) {
                run(
                        pool,
                        "ALTER TABLE " + each
                                + (modify
                                        ? " MODIFY counter VARCHAR(851) NOT NULL"
                                        : " ALTER COLUMN counter "
                                                + (database == TestDatabase.H2_FILE ? "SET DATA TYPE" : "TYPE")
                                                + " VARCHAR(851)"));
            }
            open(pool, table, null).close();
            assertThatThrownBy(() -> open(pool, table, "billing"))
                    .hasMessageContaining("the column counter must hold 859 characters, but holds 851");
        }
    }

    @Test
    void names_that_are_none() {
        for (String name : List.of("", "a:b", "a/b", "ä", "n".repeat(65))) {
            assertThatThrownBy(() -> Namespace.of(name)).hasMessageContaining("namespace must be 1 to 64");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "H2_FILE")
    void a_right_that_is_missing_is_named_and_nothing_is_left_behind(TestDatabase database) throws SQLException {
        String table = TestDatabase.newTable();
        String operations = table + "_operation";
        String user = "user_" + table;
        try (HikariDataSource pool = database.pool()) {
            JdbcQuotaStore.builder(pool).table(table).createTables();
            String clerk = database == TestDatabase.POSTGRESQL ? user : "'" + user + "'@'%'";
            run(pool, "CREATE USER " + clerk + (database == TestDatabase.POSTGRESQL ? " LOGIN" : ""));
            run(pool, "GRANT SELECT, INSERT, UPDATE ON " + table + " TO " + clerk);
            run(pool, "GRANT SELECT, DELETE ON " + operations + " TO " + clerk);
            try (HikariDataSource theirs =
                    TestDatabase.pool(database.url().replaceAll("user=[a-z]+", "user=" + user))) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(JdbcQuotaStore.builder(theirs).table(table)::build)
                        .withMessageContaining("grant it DELETE on " + table + ", INSERT on " + operations)
                        .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
                run(pool, "GRANT DELETE ON " + table + " TO " + clerk);
                run(pool, "GRANT INSERT ON " + operations + " TO " + clerk);
                try (JdbcQuotaStore store =
                        JdbcQuotaStore.builder(theirs).table(table).build()) {
                    assertThat(ServerContract.count(pool, table)).isZero();
                    assertThat(ServerContract.count(pool, operations)).isZero();
                    run(pool, "REVOKE INSERT ON " + table + " FROM " + clerk);
                    assertThatExceptionOfType(StoreException.class)
                            .isThrownBy(() -> one(store, ONE))
                            .withMessageContaining("may not do what the store does")
                            .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
                }
            }
        }
    }

    private static Outcome one(JdbcQuotaStore store, Operation operation) {
        return store.apply(List.of(operation), Deadline.after(PATIENCE)).get(0);
    }

    private static List<String> names(HikariDataSource pool, String table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT counter FROM " + table)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
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
