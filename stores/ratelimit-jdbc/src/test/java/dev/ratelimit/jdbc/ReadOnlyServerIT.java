package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.MariaDbServer;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that becomes read-only while its address moves on to another one: a master that was demoted. */
@Timeout(120)
class ReadOnlyServerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 4;
    private static final Acquire ONE = Acquire.allOrNothing(Load.COUNTER, 1, Long.MAX_VALUE);
    private static final Group TWO =
            new Group(List.of(ONE, Acquire.allOrNothing(Load.counter("second"), 1, Long.MAX_VALUE)));

    @Test
    void postgresql_is_left() throws Exception {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        try (PostgresServer demoted = PostgresServer.start();
                PostgresServer promoted = PostgresServer.start()) {
            isLeft(demoted.port(), promoted.port(), PostgresServer::jdbcUrl, PostgresServer::jdbcUrl, new String[] {
                "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"
            });
        }
    }

    @Test
    void mariadb_is_left() throws Exception {
        Assumptions.assumeTrue(MariaDbServer.isAvailable());
        try (MariaDbServer demoted = MariaDbServer.start();
                MariaDbServer promoted = MariaDbServer.start()) {
            isLeft(
                    demoted.port(),
                    promoted.port(),
                    MariaDbServer::jdbcUrl,
                    // Those who may administer the server are not kept from writing.
                    port -> MariaDbServer.jdbcUrl(port).replace("user=root", "user=app"),
                    "SET GLOBAL read_only = 1");
        }
    }

    private interface Url {
        String of(int port);
    }

    private static void isLeft(int demoted, int promoted, Url root, Url app, String... demotion) throws Exception {
        for (int port : new int[] {demoted, promoted}) {
            try (HikariDataSource pool = TestDatabase.pool(root.of(port))) {
                JdbcQuotaStore.builder(pool).createTables();
            }
            if (!root.of(port).equals(app.of(port))) {
                run(root.of(port), "CREATE USER app", "GRANT SELECT, INSERT, UPDATE, DELETE ON test.* TO app");
            }
        }
        try (TcpProxy proxy = TcpProxy.to(demoted);
                HikariDataSource pool = TestDatabase.pool(app.of(proxy.port()))) {
            pool.setMaximumPoolSize(CONNECTIONS);
            fill(pool);
            try (JdbcQuotaStore store = JdbcQuotaStore.builder(pool).build()) {
                store.apply(List.of(ONE), Deadline.after(PATIENCE));
                store.apply(List.of(TWO), Deadline.after(PATIENCE));
                run(root.of(demoted), demotion);
                refuses(store, ONE);
                refuses(store, TWO);
                proxy.redirect(promoted);
                int tries = 0;
                while (!counts(store)) {
                    assertThat(++tries).as("connections that were tried").isLessThanOrEqualTo(CONNECTIONS);
                }
                assertThat(store.apply(List.of(ONE), Deadline.after(PATIENCE))).containsExactly(new Counted(1, 2));
            }
        }
    }

    /** Has the pool open all its connections. */
    private static void fill(HikariDataSource pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            all.add(pool.getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    private static boolean counts(JdbcQuotaStore store) {
        try {
            return store.apply(List.of(ONE), Deadline.after(PATIENCE)).contains(new Counted(1, 1));
        } catch (StoreException e) {
            return false;
        }
    }

    /** Refuses it as soon as the session has heard that the server is read-only: PostgreSQL tells its sessions one by one. */
    private static void refuses(JdbcQuotaStore store, Operation operation) {
        Deadline patience = Deadline.after(PATIENCE);
        @Nullable StoreException failure = null;
        while (failure == null && !patience.hasPassed()) {
            failure = catchThrowableOfType(
                    StoreException.class, () -> store.apply(List.of(operation), Deadline.after(PATIENCE)));
        }
        Objects.requireNonNull(failure, "the server goes on counting");
        assertThat(failure.certainty()).isEqualTo(Certainty.NOT_APPLIED);
        assertThat(failure).hasMessageContaining("the server is read-only");
    }

    private static void run(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
