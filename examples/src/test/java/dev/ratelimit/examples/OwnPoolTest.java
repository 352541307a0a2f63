package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.jdbc.JdbcQuotaStore;
import dev.ratelimit.quota.CalendarWindow;
import dev.ratelimit.quota.Quota;
import dev.ratelimit.quota.QuotaService;
import dev.ratelimit.quota.service.Quotas;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The pool that the guide advises: callers that hold all connections of the application's own pool are served. */
class OwnPoolTest {

    private static final String DATABASE = "jdbc:h2:mem:own-pool";

    @Test
    void servesCallersThatHoldOtherConnections() throws SQLException {
        try (Connection callers = DriverManager.getConnection(DATABASE);
                Statement statement = callers.createStatement()) {
            statement.execute("CREATE SCHEMA app");
            callers.setAutoCommit(false);
            try (JdbcQuotaStore store = OwnPool.open(source())) {
                QuotaService quotas = Quotas.builder(store)
                        .quota(Quota.of("calls", 2, CalendarWindow.daily()))
                        .deadline(Duration.ofSeconds(20))
                        .build();
                assertThat(quotas.consume("ada", 2).allowed()).isTrue();
                assertThat(quotas.consume("ada", 1).allowed()).isFalse();
            }
        }
    }

    /** Opens a connection each time, as a pool does that has none yet. */
    private static DataSource source() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> DriverManager.getConnection(DATABASE));
    }
}
