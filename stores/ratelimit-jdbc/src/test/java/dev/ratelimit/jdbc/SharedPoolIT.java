package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers that hold a connection while they call, as in a transaction or a session that is open as long as a view. */
@Timeout(120)
class SharedPoolIT {

    private static final Duration SHORT = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 4;

    @ParameterizedTest
    @EnumSource
    void of_the_same_pool_hear_why_they_fail(TestDatabase database) throws Exception {
        try (HikariDataSource pool = small(database)) {
            for (Exception failure : calls(pool, pool, SHORT)) {
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.certainty()).isEqualTo(Certainty.NOT_APPLIED))
                        .hasMessageContaining("the data source gave no connection within")
                        .hasMessageContaining("give the store a pool of its own");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_another_pool_all_get_their_answers(TestDatabase database) throws Exception {
        try (HikariDataSource pool = small(database);
                HikariDataSource own = small(database)) {
            assertThat(calls(pool, own, PATIENCE)).isEmpty();
        }
    }

    private static HikariDataSource small(TestDatabase database) {
        HikariDataSource pool = database.pool();
        pool.setMaximumPoolSize(CONNECTIONS);
        return pool;
    }

    /** What becomes of as many callers as the pool has connections, each of which holds one. */
    private static List<Exception> calls(HikariDataSource held, HikariDataSource stores, Duration patience)
            throws Exception {
        CyclicBarrier all = new CyclicBarrier(CONNECTIONS);
        ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS);
        List<Exception> failures = new ArrayList<>();
        try (JdbcQuotaStore store = JdbcQuotaStore.builder(stores)
                .table(TestDatabase.newTable())
                .createTables()
                .build()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Acquire acquire = Acquire.allOrNothing(Load.counter("caller-" + i), 1, 10);
                ends.add(callers.submit(() -> {
                    try (Connection connection = held.getConnection()) {
                        connection.setAutoCommit(false);
                        all.await();
                        try {
                            store.apply(List.of(acquire), Deadline.after(patience));
                        } finally {
                            // None comes free while anybody waits.
                            all.await();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                try {
                    end.get();
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof StoreException failure) {
                        failures.add(failure);
                    }
                }
            }
        } finally {
            callers.shutdown();
        }
        return failures;
    }
}
