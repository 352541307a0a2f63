package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.quota.spi.Counter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Threads on one counter, counted as the store does, and by a twin that looks first and writes then. */
class BrokenCountingIT {

    private static final int THREADS = 8;
    private static final long LIMIT = 200;
    private static final Counter COUNTER = Counter.of("q", "raced", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

    /** Neither holds the row nor says what it must show. */
    private record LooksFirst(Sql sql) implements Counting {

        @Override
        public List<Outcome> attempt(List<Operation> operations, Session session, Progress progress)
                throws SQLException {
            Acquire acquire = (Acquire) operations.get(0);
            long used;
            session.begin();
            try (PreparedStatement read = session.prepare(sql.read(1))) {
                read.setString(1, acquire.counter().name());
                try (ResultSet rows = read.executeQuery()) {
                    rows.next();
                    used = rows.getLong(2);
                }
            }
            long granted = acquire.granted(used);
            String write = "UPDATE " + sql.table() + " SET used = ? WHERE counter = ?";
            try (PreparedStatement update = session.prepare(write)) {
                update.setLong(1, used + granted);
                update.setString(2, acquire.counter().name());
                update.executeUpdate();
            }
            session.commit(progress);
            return List.of(new Counted(granted, used + granted));
        }
    }

    @Test
    void the_race_finds_out_a_store_that_looks_first() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool()) {
            Sql sql = new Sql(TableName.of(TestDatabase.newTable()), Dialect.POSTGRESQL);
            JdbcQuotaStore.builder(pool).table(sql.table()).createTables();
            assertThat(granted(new InTransaction(sql, Namespace.NONE, StatementBound.SET_CONFIG, false), pool))
                    .isEqualTo(LIMIT);
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE " + sql.table() + " SET used = 0");
            }
            assertThat(granted(new LooksFirst(sql), pool)).isGreaterThan(LIMIT);
        }
    }

    private static long granted(Counting counting, HikariDataSource pool) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        Callable<Long> task = () -> {
            long granted = 0;
            for (int i = 0; i < LIMIT; i++) {
                Deadline deadline = Deadline.after(Duration.ofSeconds(20));
                List<Operation> operations = List.of(Acquire.allOrNothing(COUNTER, 1, LIMIT));
                Outcome outcome = Counting.count(counting, operations, Connections.of(pool), deadline, new Progress())
                        .get(0);
                granted += ((Counted) outcome).granted();
            }
            return granted;
        };
        try {
            List<Future<Long>> all = new ArrayList<>(executor.invokeAll(Collections.nCopies(THREADS, task)));
            long sum = 0;
            for (Future<Long> each : all) {
                sum += each.get();
            }
            return sum;
        } finally {
            executor.shutdown();
        }
    }
}
