package dev.ratelimit.quota.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.DecisionSource;
import dev.ratelimit.WhenUnavailable;
import dev.ratelimit.core.QuotaStores;
import dev.ratelimit.core.Quotas;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaDecision;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.QuotaUnavailableException;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DEADLINE = Duration.ofMillis(250);

    /** What a busy machine may add to a deadline; far below the minutes that a connection of TCP takes to give up. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final Quota CALLS = Quota.of("calls", 10_000, CalendarWindow.yearly());

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
        // A first call may take longer than the deadline of those that are watched.
        QuotaService patient =
                Quotas.builder(store).quota(CALLS).deadline(PATIENCE).build();
        assertThat(patient.consume("first").allowed()).isTrue();
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

    private QuotaService quotas(WhenUnavailable choice) {
        return Quotas.builder(store)
                .quota(CALLS)
                .deadline(DEADLINE)
                .whenUnavailable(choice)
                .build();
    }

    private long counted() {
        try (HikariDataSource straight = TestDatabase.pool(url(server.port()));
                QuotaStore beside =
                        JdbcQuotaStore.builder(straight).table(table).build()) {
            return Quotas.builder(beside)
                    .quota(CALLS)
                    .deadline(PATIENCE)
                    .build()
                    .peek("key")
                    .used();
        }
    }

    /** Calls until the store is given up, and says how many were answered how; none may wait longer than its deadline. */
    private static Map<DecisionSource, Integer> callUntilOpen(QuotaService quotas) {
        Map<DecisionSource, Integer> answers = new EnumMap<>(DecisionSource.class);
        while (quotas.statistics().storeAvailable()) {
            long begun = System.nanoTime();
            call(quotas, answers);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DEADLINE.plus(SLACK));
        }
        return answers;
    }

    /** The median of the time that a call takes. */
    private static Duration median(QuotaService quotas, Map<DecisionSource, Integer> answers) {
        long[] nanos = new long[1_001];
        for (int i = 0; i < nanos.length; i++) {
            long begun = System.nanoTime();
            call(quotas, answers);
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[nanos.length / 2]);
    }

    private static void call(QuotaService quotas, Map<DecisionSource, Integer> answers) {
        try {
            QuotaDecision decision = quotas.consume("key");
            answers.merge(decision.source(), 1, Integer::sum);
        } catch (QuotaUnavailableException e) {
            // Counted by the service's statistics.
            assertThat(e.certainty()).isNotNull();
        }
    }

    private static int number(Map<DecisionSource, Integer> answers, DecisionSource source) {
        return answers.getOrDefault(source, 0);
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void each_choice_admits_what_it_says_and_counts_it_in_the_end(Outage outage) throws Exception {
        QuotaService failing = quotas(WhenUnavailable.fail());
        QuotaService denying = quotas(WhenUnavailable.deny());
        QuotaService allowing = quotas(WhenUnavailable.allow());
        QuotaService local = quotas(WhenUnavailable.local(0.01));
        List<QuotaService> all = List.of(failing, denying, allowing, local);
        all.forEach(OutageIT::awaitStore);
        outage.begin(this);
        // They share a breaker: the first finds out for all.
        Map<DecisionSource, Integer> allowed = callUntilOpen(allowing);
        for (QuotaService quotas : all) {
            assertThat(quotas.statistics().storeAvailable()).isFalse();
        }
        // Microseconds, where no other process takes the processor.
        assertThat(median(allowing, allowed)).isLessThan(Duration.ofMillis(1));
        Map<DecisionSource, Integer> others = new EnumMap<>(DecisionSource.class);
        assertThat(median(failing, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).isEmpty();
        assertThat(median(denying, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).containsOnlyKeys(DecisionSource.CLOSED);
        others.clear();
        assertThat(median(local, others)).isLessThan(Duration.ofMillis(1));
        assertThat(others).containsOnlyKeys(DecisionSource.LOCAL, DecisionSource.CLOSED);
        assertThat(local.statistics().admitted(DecisionSource.LOCAL)).isEqualTo(100);

        outage.end(this);
        assertThat(Waiting.until(PATIENCE, () -> all.stream().allMatch(OutageIT::isSettled)))
                .isTrue();
        all.forEach(OutageIT::awaitStore);
        assertThat(Waiting.until(PATIENCE, () -> all.stream().allMatch(OutageIT::isSettled)))
                .isTrue();
        assertThat(counted()).isBetween(admitted(all), admitted(all) + uncertain(all));
        all.forEach(QuotaService::close);
    }

    /** Calls until the store answers in time, which a busy machine may keep it from. */
    private static void awaitStore(QuotaService quotas) {
        Map<DecisionSource, Integer> answers = new EnumMap<>(DecisionSource.class);
        assertThat(Waiting.until(PATIENCE, () -> {
                    call(quotas, answers);
                    return number(answers, DecisionSource.STORE) > 0;
                }))
                .isTrue();
    }

    /** How many units all were granted, each by a call of its own. */
    private static long admitted(List<QuotaService> all) {
        return all.stream()
                .flatMap(quotas -> quotas.statistics().admitted().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** How many units at most may be counted in addition: none is counted less than once, and what is uncertain perhaps twice. */
    private static long uncertain(List<QuotaService> all) {
        return all.stream()
                .mapToLong(quotas -> quotas.statistics().storeCallsIndeterminate())
                .sum();
    }

    private static boolean isSettled(QuotaService quotas) {
        return quotas.statistics().storeAvailable() && quotas.statistics().owedCounters() == 0;
    }

    @Test
    void an_application_starts_while_the_server_is_down() {
        server.kill();
        JdbcQuotaStore.Builder builder = JdbcQuotaStore.builder(pool).table(table);
        try (QuotaStore later = QuotaStores.startWithout(builder::build);
                QuotaService quotas = Quotas.builder(later)
                        .quota(CALLS)
                        .whenUnavailable(WhenUnavailable.allow())
                        .build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(quotas.consume("key").source()).isEqualTo(DecisionSource.OPEN);
            }
            callUntilOpen(quotas);
            server.restart();
            proxy.forward();
            awaitStore(quotas);
            assertThat(Waiting.until(PATIENCE, () -> isSettled(quotas))).isTrue();
            long admitted = admitted(List.of(quotas));
            assertThat(counted()).isBetween(admitted, admitted + uncertain(List.of(quotas)));
        }
    }
}
