package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testservers.OutageScenario;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TcpProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that is cut off, silent, frozen or killed: what callers get under each choice, how soon, and what is counted. */
@Timeout(120)
class OutageIT {

    private final OutageScenario scenario = new OutageScenario(Duration.ofMillis(250), this::seeBeside);
    private PostgresServer server;
    private TcpProxy proxy;
    private HikariDataSource pool;
    private QuotaStore store;
    private String table = "";

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        server = PostgresServer.start();
        proxy = TcpProxy.to(server.port());
        pool = TestDatabase.pool(url(proxy.port()));
        table = TestDatabase.newTable();
        store = JdbcQuotaStore.builder(pool).table(table).createTables().build();
        OutageScenario.warmUp(store);
    }

    @AfterEach
    void stop() {
        if (store != null) {
            store.close();
            pool.close();
            proxy.close();
            server.close();
        }
    }

    private static String url(int port) {
        return PostgresServer.jdbcUrl(port) + "&connectTimeout=1&loginTimeout=1";
    }

    /** How the server goes away, and comes back. */
    enum Outage {
        CUT {
            @Override
            void begin(OutageIT it) {
                it.proxy.cut();
            }

            @Override
            void end(OutageIT it) {
                it.proxy.forward();
            }
        },
        SILENT {
            @Override
            void begin(OutageIT it) {
                it.proxy.blackHole();
            }

            @Override
            void end(OutageIT it) {
                it.proxy.forward();
            }
        },
        FROZEN {
            @Override
            void begin(OutageIT it) throws Exception {
                it.processes = it.processes();
                signal("-STOP", it.processes);
            }

            @Override
            void end(OutageIT it) throws Exception {
                signal("-CONT", it.processes);
            }
        },
        KILLED {
            @Override
            void begin(OutageIT it) {
                it.server.kill();
            }

            @Override
            void end(OutageIT it) {
                it.server.restart();
            }
        };

        abstract void begin(OutageIT it) throws Exception;

        abstract void end(OutageIT it) throws Exception;
    }

    private List<ProcessHandle> processes = List.of();

    /** The server's first process, and those that serve connections. */
    private List<ProcessHandle> processes() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(server.port()));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_backend_pid()")) {
            assertThat(found.next()).isTrue();
            ProcessHandle first = ProcessHandle.of(found.getLong(1))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow();
            return Stream.concat(Stream.of(first), first.descendants()).toList();
        }
    }

    private static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        for (ProcessHandle process : processes) {
            if (process.isAlive()) {
                new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor();
            }
        }
    }

    private long seeBeside(ToLongFunction<QuotaStore> look) {
        try (HikariDataSource straight = TestDatabase.pool(url(server.port()));
                QuotaStore beside =
                        JdbcQuotaStore.builder(straight).table(table).build()) {
            return look.applyAsLong(beside);
        }
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void each_choice_admits_what_it_says_and_counts_it_in_the_end(Outage outage) throws Exception {
        scenario.eachChoiceAdmitsWhatItSays(store, () -> outage.begin(this), () -> outage.end(this));
    }

    @Test
    void an_application_starts_while_the_server_is_down() throws Exception {
        server.kill();
        JdbcQuotaStoreBuilder builder = JdbcQuotaStore.builder(pool).table(table);
        scenario.anApplicationStartsWhileTheServerIsDown(builder::build, () -> {
            server.restart();
            proxy.forward();
        });
    }
}
