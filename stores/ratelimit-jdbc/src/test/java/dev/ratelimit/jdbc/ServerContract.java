package dev.ratelimit.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.tck.QuotaStoreContract;
import dev.ratelimit.testservers.TcpProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The rules, in a real server behind a proxy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerContract extends QuotaStoreContract {

    private final TestDatabase database;
    private final IntFunction<String> url;
    private TcpProxy proxy;
    private HikariDataSource direct;
    private HikariDataSource pool;
    private @Nullable JdbcQuotaStore last;
    private String table = "";
    private final Instant start = Instant.now();
    private volatile Duration elapsed = Duration.ZERO;

    ServerContract(TestDatabase database, IntFunction<String> url) {
        this.database = database;
        this.url = url;
    }

    @BeforeAll
    void connect() {
        direct = database.pool();
        proxy = TcpProxy.to(database.port());
        pool = TestDatabase.pool(url.apply(proxy.port()));
    }

    @AfterAll
    void disconnect() {
        if (proxy != null) {
            pool.close();
            proxy.close();
            direct.close();
        }
    }

    @Override
    public QuotaStore createStore() {
        table = TestDatabase.newTable();
        JdbcQuotaStore.builder(direct).table(table).createTables();
        return open();
    }

    private JdbcQuotaStore open() {
        JdbcQuotaStore store = JdbcQuotaStore.builder(pool)
                .table(table)
                .clock(this::now)
                .databaseClock(session -> now().toEpochMilli())
                .build();
        last = store;
        return store;
    }

    @Override
    public Optional<QuotaStore> secondStore() {
        return Optional.of(JdbcQuotaStore.builder(direct)
                .table(table)
                .clock(this::now)
                .databaseClock(session -> now().toEpochMilli())
                .build());
    }

    @Override
    public Optional<QuotaStore> reopen(QuotaStore open) {
        open.close();
        return Optional.of(open());
    }

    @Override
    public Instant now() {
        return start.plus(elapsed);
    }

    @Override
    public boolean advance(Duration time) {
        elapsed = elapsed.plus(time);
        return true;
    }

    @Override
    public void upkeep() {
        Objects.requireNonNull(last).purge();
    }

    @Override
    public OptionalLong keptCounters() {
        return OptionalLong.of(count(direct, table));
    }

    static long count(HikariDataSource source, String table) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean cut() {
        proxy.blackHole();
        return true;
    }

    @Override
    public void restore() {
        proxy.forward();
    }
}
