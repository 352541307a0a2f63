package dev.ratelimit.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import dev.ratelimit.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Quotas in a real PostgreSQL, which flushes each commit to its disk, beside the same statement with the same values
 * sent without the store. Both count on the same rows.
 */
final class PostgresLoad implements AutoCloseable {

    private static final int CONNECTIONS = 16;

    private static final String BARE_ALONE = "PostgreSQL, 1 caller, bare statement";
    private static final String ALONE = "PostgreSQL, 1 caller, QuotaService.consume";
    private static final String BARE_HOT = "PostgreSQL, 64 callers, one hot row, bare statements, pool of 16";
    private static final String HOT = "PostgreSQL, 64 callers, one hot row, QuotaService.consume";

    private final PostgresServer server = PostgresServer.start();
    private final HikariDataSource pool;
    private final JdbcQuotaStore store;
    private final QuotaService quotas;

    PostgresLoad() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.jdbcUrl(server.port()));
        config.setMaximumPoolSize(CONNECTIONS);
        pool = new HikariDataSource(config);
        store = JdbcQuotaStore.builder(pool).createTables().build();
        quotas = quotas(store);
    }

    private static QuotaService quotas(JdbcQuotaStore store) {
        return Quotas.builder(store)
                .quota(QuotaLoad.QUOTA)
                .deadline(QuotaLoad.PATIENCE)
                .build();
    }

    Map<String, Throughput> run(LoadRounds rounds) throws Exception {
        RecordedStatement alone = recorded("alone");
        RecordedStatement hot = recorded("hot");
        try (Connection connection = DriverManager.getConnection(PostgresServer.jdbcUrl(server.port()));
                PreparedStatement statement = connection.prepareStatement(alone.sql())) {
            return rounds.run(
                    List.of(
                            LoadWay.alone(BARE_ALONE, "alone", key -> () -> alone.granted(statement)),
                            LoadWay.alone(ALONE, "alone", this::consume),
                            LoadWay.together(BARE_HOT, QuotaLoad.CALLERS, "hot", key -> () -> send(hot)),
                            LoadWay.together(HOT, QuotaLoad.CALLERS, "hot", this::consume)),
                    quotas);
        }
    }

    static List<LoadBound> bounds() {
        return List.of(new LoadBound(ALONE, BARE_ALONE, 0.8), new LoadBound(HOT, BARE_HOT, 5));
    }

    private LoadWay.Call consume(String key) {
        return () -> quotas.consume(key, 1).allowed();
    }

    private boolean send(RecordedStatement recorded) throws Exception {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(recorded.sql())) {
            return recorded.granted(statement);
        }
    }

    /** What the store sends for a key that it knows. */
    private RecordedStatement recorded(String key) {
        return RecordedStatement.of(pool, source -> consumeTwice(source, key));
    }

    private static void consumeTwice(DataSource source, String key) {
        // No purge, because it would prepare further statements meanwhile.
        try (JdbcQuotaStore store =
                JdbcQuotaStore.builder(source).purgeEvery(Duration.ofDays(1)).build()) {
            QuotaService quotas = quotas(store);
            for (int i = 0; i < 2; i++) {
                BenchmarkDefaults.check(quotas.consume(key, 1).allowed(), "a new key was refused");
            }
        }
    }

    @Override
    public void close() {
        store.close();
        pool.close();
        server.close();
    }
}
