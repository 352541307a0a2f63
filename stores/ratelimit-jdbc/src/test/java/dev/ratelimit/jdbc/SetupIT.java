package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.FreePorts;
import dev.ratelimit.testservers.MariaDbServer;
import dev.ratelimit.testservers.PostgresServer;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Set-ups that do not work: one error, which says what to do. */
class SetupIT {

    @ParameterizedTest
    @EnumSource
    void tables_that_are_missing_or_wrong(TestDatabase database) throws SQLException {
        try (HikariDataSource pool = database.pool()) {
            String table = TestDatabase.newTable();
            fails(pool, table, "the tables " + table + " and " + table + "_operation are not both there");
            run(pool, "CREATE TABLE " + table + " (counter VARCHAR(851) PRIMARY KEY, used BIGINT)");
            fails(pool, table, "the table " + table + " is not as it must be: a column is missing");
            run(pool, "DROP TABLE " + table);
            run(pool, "CREATE TABLE " + table + " (counter VARCHAR(851) PRIMARY KEY, used INT, expires BIGINT)");
            fails(pool, table, "the column used is of type");
            run(pool, "DROP TABLE " + table);
            run(pool, "CREATE TABLE " + table + " (counter VARCHAR(80) PRIMARY KEY, used BIGINT, expires BIGINT)");
            fails(pool, table, "the column counter must hold 851 characters");
            run(pool, "DROP TABLE " + table);
            run(pool, "CREATE TABLE " + table + " (counter VARCHAR(851), used BIGINT, expires BIGINT)");
            fails(pool, table, "its primary key must be [counter], but is []");
            run(pool, "DROP TABLE " + table);
            JdbcQuotaStoreBuilder builder = JdbcQuotaStore.builder(pool).table(table);
            builder.createTables().createTables().build().close();
        }
    }

    private static void run(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_user_who_may_not() {
        fails(PostgresServer.jdbcUrl(port(TestDatabase.POSTGRESQL)).replace("user=postgres", "user=nobody"), "refused");
        fails(MariaDbServer.jdbcUrl(port(TestDatabase.MARIADB)).replace("user=root", "user=nobody"), "refused");
    }

    private static int port(TestDatabase database) {
        database.pool().close();
        return database.port();
    }

    @Test
    void a_server_that_is_not_there() {
        fails(PostgresServer.jdbcUrl(FreePorts.next()), "the database cannot be reached");
        fails(MariaDbServer.jdbcUrl(FreePorts.next()), "the database cannot be reached");
    }

    private static void fails(String url, String message) {
        try (HikariDataSource pool = TestDatabase.pool(url)) {
            pool.setConnectionTimeout(500);
            fails(pool, "quota", message);
        }
    }

    private static void fails(HikariDataSource pool, String table, String message) {
        JdbcQuotaStoreBuilder builder =
                JdbcQuotaStore.builder(pool).table(table).startWithin(Duration.ofSeconds(8));
        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                .hasMessageContaining(message);
    }

    @Test
    void a_file_without_h2_on_the_class_path(@TempDir Path folder) throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("h2-"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        without,
                        OpensFile.class.getName(),
                        folder.resolve("quota").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).contains("add the dependency com.h2database:h2");
    }

    /** What runs without H2. */
    static final class OpensFile {

        private OpensFile() {}

        public static void main(String[] arguments) {
            try (JdbcQuotaStore store = JdbcQuotaStore.inFile(Path.of(arguments[0]))) {
                System.out.println(store.capabilities());
            } catch (StoreException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
