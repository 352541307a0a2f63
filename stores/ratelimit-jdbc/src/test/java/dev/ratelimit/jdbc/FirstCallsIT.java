package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The first calls of a process have nothing to do that later ones have not: several connections are open, no class is to be loaded.
 */
@Timeout(120)
class FirstCallsIT {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "H2_FILE")
    void find_everything_ready(TestDatabase database) throws IOException {
        String table = TestDatabase.newTable();
        try (HikariDataSource pool = database.pool()) {
            JdbcQuotaStore.builder(pool).table(table).createTables();
            List<String> said = run(database.url(), table);
            assertThat(said)
                    .anyMatch(line -> line.startsWith(ColdProcess.CONNECTIONS))
                    .doesNotContain(ColdProcess.CONNECTIONS + 0, ColdProcess.CONNECTIONS + 1);
            assertThat(loaded(said.subList(said.indexOf(ColdProcess.FIRST_CALLS), said.indexOf(ColdProcess.END))))
                    .isEmpty();
            assertThat(ServerContract.count(pool, table + "_operation")).isZero();
        }
    }

    private static List<String> run(String url, String table) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:stdout:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ColdProcess.class.getName(),
                        url,
                        table)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    /** Classes of the store and of the drivers. */
    private static List<String> loaded(List<String> said) {
        return said.stream()
                .filter(line -> line.contains(" source: "))
                .filter(line -> line.startsWith("dev.ratelimit.")
                        || line.startsWith("org.postgresql.")
                        || line.startsWith("org.mariadb.")
                        || line.startsWith("com.mysql."))
                .toList();
    }
}
