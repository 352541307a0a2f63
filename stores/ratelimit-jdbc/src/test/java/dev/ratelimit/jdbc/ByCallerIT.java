package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that their callers make themselves, with connections that are kept at hand. */
@Timeout(120)
class ByCallerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(250);

    private final AtomicInteger taken = new AtomicInteger();
    private TcpProxy proxy;
    private HikariDataSource pool;
    private JdbcQuotaStore store;

    @BeforeEach
    void connect() {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        proxy = TcpProxy.to(TestDatabase.POSTGRESQL.port());
        open(2);
    }

    private void open(int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.jdbcUrl(proxy.port()) + "&connectTimeout=1&loginTimeout=1");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        pool = new HikariDataSource(config) {
            private static final long serialVersionUID = 1L;

            @Override
            public Connection getConnection() throws SQLException {
                taken.incrementAndGet();
                return super.getConnection();
            }
        };
        store = JdbcQuotaStore.builder(pool)
                .table(TestDatabase.newTable())
                .createTables()
                .build();
    }

    @AfterEach
    void disconnect() {
        if (store != null) {
            store.close();
            pool.close();
            proxy.close();
        }
    }

    private Outcome acquire(Counter counter, Duration patience) {
        return store.apply(List.of(Acquire.allOrNothing(counter, 1, Long.MAX_VALUE)), Deadline.after(patience))
                .get(0);
    }

    private long idleInPool() {
        return pool.getHikariPoolMXBean().getIdleConnections();
    }

    private long heldByStore() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    @Test
    void a_connection_serves_many_calls_and_then_goes_back_as_it_was() throws Exception {
        int before = taken.get();
        long begin = System.nanoTime();
        for (int i = 1; i <= 400; i++) {
            assertThat(acquire(Load.COUNTER, PATIENCE)).isEqualTo(new Counted(1, i));
        }
        store.apply(List.of(group()), Deadline.after(PATIENCE));
        long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        // One for each 50 ms begun, or one for each call that found the former one just given back.
        assertThat(taken.get() - before)
                .isLessThanOrEqualTo((int) (2 + millis / 25))
                .isLessThan(400);
        assertThat(Waiting.until(PATIENCE, () -> heldByStore() == 0)).isTrue();
        assertThat(idleInPool()).isPositive();
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }

    @Test
    void more_callers_than_connections_all_get_their_turn_and_so_does_somebody_else() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Counter counter = Load.counter("of-caller-" + i);
                counts.add(callers.submit(() -> {
                    long count = 0;
                    while (!over.get() || count < 20) {
                        acquire(counter, PATIENCE);
                        count++;
                    }
                    return count;
                }));
            }
            for (int i = 0; i < 10; i++) {
                // The pool fails this after its connection timeout of 30 s.
                try (Connection connection = pool.getConnection()) {
                    assertThat(connection.isValid(5)).isTrue();
                }
            }
            over.set(true);
            for (Future<Long> count : counts) {
                assertThat(count.get()).isGreaterThanOrEqualTo(20);
            }
        } finally {
            over.set(true);
            callers.shutdown();
        }
    }

    @Test
    void a_caller_whose_answer_does_not_come_leaves_at_its_deadline_and_the_connection_is_thrown_away() {
        for (int i = 0; i < 4; i++) {
            // A call that was made by another thread before leaves a connection at hand.
            acquire(Load.COUNTER, PATIENCE);
            acquire(Load.COUNTER, PATIENCE);
            boolean single = i % 2 == 0;
            if (single) {
                proxy.dropReplies();
            } else {
                proxy.blackHole();
            }
            long begin = System.nanoTime();
            StoreException failure = catchThrowableOfType(
                    StoreException.class,
                    () -> store.apply(
                            List.of(single ? Acquire.allOrNothing(Load.COUNTER, 1, 1_000_000) : group()),
                            Deadline.after(SHORT)));
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(failure).hasMessageContaining("did not answer within the deadline");
            assertThat(failure.certainty()).isEqualTo(single ? Certainty.INDETERMINATE : Certainty.NOT_APPLIED);
            assertThat(took).isGreaterThanOrEqualTo(SHORT);
            proxy.forward();
            assertThat(acquire(Load.COUNTER, PATIENCE)).isInstanceOf(Counted.class);
        }
    }

    @Test
    void whoever_comes_with_an_interrupt_hears_of_it_and_nothing_is_counted() {
        acquire(Load.COUNTER, PATIENCE);
        Thread.currentThread().interrupt();
        StoreException failure = catchThrowableOfType(StoreException.class, () -> acquire(Load.COUNTER, PATIENCE));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.certainty()).isEqualTo(Certainty.NOT_APPLIED);
        assertThat(acquire(Load.COUNTER, PATIENCE)).isEqualTo(new Counted(1, 2));
    }

    @Test
    void a_store_that_is_closed_has_given_everything_back_and_ended_its_threads() {
        acquire(Load.COUNTER, PATIENCE);
        acquire(Load.COUNTER, PATIENCE);
        store.close();
        assertThat(heldByStore()).isZero();
        StoreException failure = catchThrowableOfType(StoreException.class, () -> acquire(Load.COUNTER, PATIENCE));
        assertThat(failure).hasMessageContaining("closed");
        assertThat(Waiting.until(
                        PATIENCE,
                        () -> Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().equals("ratelimit-jdbc-watch"))))
                .isTrue();
    }

    private static Group group() {
        return new Group(List.of(
                Acquire.allOrNothing(Load.COUNTER, 1, 1_000_000),
                Acquire.allOrNothing(Load.counter("second"), 1, 1_000_000)));
    }
}
