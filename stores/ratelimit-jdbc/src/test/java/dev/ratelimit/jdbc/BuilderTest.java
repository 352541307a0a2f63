package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.store.Deadline;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything happens. */
class BuilderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1st",
                "a b",
                "a;DROP TABLE b",
                "a\"",
                "a`",
                "s.t.u",
                "s.",
                ".t",
                "\"a",
                "\"a\"\"b\"",
                "\"a b\"",
                "\"a`",
                "ä",
                "_a",
                "a-b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void a_name_that_is_no_identifier(String name) {
        assertThatThrownBy(() -> TableName.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table must be a name such as");
    }

    @Test
    void bad_arguments(@TempDir Path folder) {
        assertThatThrownBy(() -> JdbcQuotaStore.builder(folder.resolve("a;b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not have a ;");
        JdbcQuotaStoreBuilder builder = JdbcQuotaStore.builder(folder.resolve("quota"));
        assertThatThrownBy(() -> builder.purgeEvery(Duration.ZERO)).hasMessageContaining("interval must be more than");
        assertThatThrownBy(() -> builder.startWithin(Duration.ofNanos(-1))).hasMessageContaining("time must be more");
        assertThatThrownBy(() -> builder.maxCalls(0)).hasMessageContaining("at least 1");
        try (JdbcQuotaStore store = builder.createTables().build()) {
            assertThatThrownBy(() -> store.apply(List.of(), Deadline.after(Duration.ofSeconds(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 256 operations");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 11.22, 11, 22, too old: PostgreSQL 11.22; the store needs PostgreSQL 12.0 or later",
        "MariaDB, 10.5.9-MariaDB, 10, 5, needs MariaDB 10.6 or later",
        "MySQL, 10.5.9-MariaDB, 10, 5, needs MariaDB 10.6 or later",
        "MySQL, 5.7.44, 5, 7, needs MySQL 8.0 or later",
        "H2, 1.4.200, 1, 4, needs H2 2.2 or later",
        "Oracle, 23, 23, 0, does not know the database"
    })
    void a_database_that_is_too_old_or_unknown(String product, String version, int major, int minor, String message) {
        assertThatThrownBy(() -> Dialect.of(database(product, version, major, minor)))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 12.0, 12, 0, POSTGRESQL",
        "MariaDB, 11.4.5-MariaDB, 11, 4, MARIADB",
        "MySQL, 11.4.5-MariaDB, 11, 4, MARIADB",
        "MySQL, 8.4.0, 8, 4, MYSQL",
        "H2, 2.5.252, 2, 5, H2"
    })
    void a_database_that_is_known(String product, String version, int major, int minor, Dialect dialect)
            throws SQLException {
        assertThat(Dialect.of(database(product, version, major, minor))).isEqualTo(dialect);
    }

    private static DatabaseMetaData database(String product, String version, int major, int minor) {
        return (DatabaseMetaData) Proxy.newProxyInstance(
                BuilderTest.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getDatabaseProductName" -> product;
                    case "getDatabaseProductVersion" -> version;
                    case "getDatabaseMajorVersion" -> major;
                    case "getDatabaseMinorVersion" -> minor;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void a_counter_never_expires_early() {
        Instant start = Instant.EPOCH;
        assertThat(Expiry.millis(Counter.of("q", "s", start, start.plusNanos(1))))
                .isEqualTo(1);
        assertThat(Expiry.millis(Counter.of("q", "s", start, start.plusMillis(1))))
                .isEqualTo(1);
        assertThat(Expiry.millis(Counter.of("q", "s", start, Instant.MAX))).isEqualTo(Long.MAX_VALUE);
        assertThat(Expiry.roundedUp(Instant.MIN)).isEqualTo(Long.MIN_VALUE);
        assertThat(Expiry.roundedUp(Instant.ofEpochSecond(-1, 1))).isEqualTo(-999);
    }
}
