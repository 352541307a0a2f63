package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.PgBouncer;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.Waiting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A pooler that lends connections for one transaction each, with a driver that has the server prepare statements, and
 * without.
 */
@Timeout(120)
class PoolerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @BeforeEach
    void isThere() {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        Assumptions.assumeTrue(PgBouncer.isAvailable(), "pgbouncer is not installed on this machine");
    }

    @Test
    void that_loses_prepared_statements_is_one_error_at_the_start() {
        try (PgBouncer pooler = PgBouncer.to(TestDatabase.POSTGRESQL.port());
                HikariDataSource pool = TestDatabase.pool(PostgresServer.jdbcUrl(pooler.port()))) {
            JdbcQuotaStoreBuilder builder =
                    JdbcQuotaStore.builder(pool).table(TestDatabase.newTable()).createTables();
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(builder::build)
                    .withMessageContaining("add prepareThreshold=0")
                    .satisfies(e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED));
        }
    }

    @Test
    void that_has_none_to_lose_serves_all_calls_and_keeps_no_setting_of_them() throws SQLException {
        try (PgBouncer pooler = PgBouncer.to(TestDatabase.POSTGRESQL.port());
                HikariDataSource pool =
                        TestDatabase.pool(PostgresServer.jdbcUrl(pooler.port()) + "&prepareThreshold=0");
                JdbcQuotaStore store = JdbcQuotaStore.builder(pool)
                        .table(TestDatabase.newTable())
                        .createTables()
                        .build()) {
            try (Load load = Load.on(store, 8, PATIENCE)) {
                assertThat(Waiting.until(PATIENCE, () -> load.granted() > 1000)).isTrue();
                load.end();
                assertThat(load.failed()).isZero();
                load.check(((Counted) store.apply(List.of(new Read(Load.COUNTER)), Deadline.after(PATIENCE))
                                .get(0))
                        .used());
            }
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SHOW statement_timeout")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("0");
            }
        }
    }
}
