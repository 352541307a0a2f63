package dev.ratelimit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.Certainty;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Operation.Acquire;
import dev.ratelimit.quota.spi.Operation.Group;
import dev.ratelimit.quota.spi.Operation.Read;
import dev.ratelimit.quota.spi.OperationId;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.Outcome.Counted;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import dev.ratelimit.testservers.MariaDbServer;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TcpProxy;
import dev.ratelimit.testservers.Waiting;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network that breaks, and a server that is killed. */
class FaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(250);
    private static final Duration GRACE = Duration.ofMillis(50);

    private TcpProxy proxy;
    private HikariDataSource pool;
    private JdbcQuotaStore store;

    @BeforeEach
    void connect() {
        Assumptions.assumeTrue(PostgresServer.isAvailable());
        proxy = TcpProxy.to(TestDatabase.POSTGRESQL.port());
        pool = TestDatabase.pool(PostgresServer.jdbcUrl(proxy.port()) + "&connectTimeout=1&loginTimeout=1");
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

    private Outcome apply(Operation operation, Duration patience) {
        return store.apply(List.of(operation), Deadline.after(patience)).get(0);
    }

    private long used() {
        return ((Counted) apply(new Read(Load.COUNTER), PATIENCE)).used();
    }

    @Test
    void an_acquire_whose_reply_is_lost_counts_once_when_it_comes_again() {
        for (int i = 1; i <= 3; i++) {
            Acquire acquire = new Acquire(Load.COUNTER, 5, 5, 100, new OperationId(UUID.randomUUID(), i));
            proxy.dropReplies();
            assertThat(failure(acquire)).isEqualTo(Certainty.INDETERMINATE);
            proxy.forward();
            assertThat(apply(acquire, PATIENCE)).isEqualTo(new Counted(5, 5L * i));
            assertThat(used()).isEqualTo(5L * i);
        }
    }

    @Test
    void a_group_whose_replies_are_lost_is_not_applied() {
        proxy.dropReplies();
        assertThat(failure(group())).isEqualTo(Certainty.NOT_APPLIED);
        proxy.forward();
        assertThat(used()).isZero();
    }

    @Test
    void a_black_hole_costs_no_more_than_the_deadline_and_leaves_nothing_behind() {
        used();
        proxy.blackHole();
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            failure(i % 2 == 0 ? Acquire.allOrNothing(Load.COUNTER, 1, 100) : group());
            fastest = Math.min(fastest, System.nanoTime() - begin);
        }
        assertThat(Duration.ofNanos(fastest)).isBetween(SHORT.minusMillis(1), SHORT.plus(GRACE));
        proxy.forward();
        assertThat(Waiting.until(PATIENCE, () -> FaultsIT.atWork() == 0)).isTrue();
        assertThat(apply(Acquire.allOrNothing(Load.COUNTER, 1, 100), PATIENCE)).isInstanceOf(Counted.class);
    }

    /** The store's threads that are in the middle of a call. */
    private static long atWork() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("ratelimit-jdbc-"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(Counting.class.getName())))
                .count();
    }

    @Test
    void what_it_says_under_faults_agrees_with_what_was_counted() {
        try (Load load = Load.on(store, 4, SHORT)) {
            for (int i = 0; i < 4; i++) {
                long before = load.granted();
                assertThat(Waiting.until(PATIENCE, () -> load.granted() > before + 20))
                        .isTrue();
                long failed = load.failed();
                switch (i) {
                    case 0 -> proxy.dropReplies();
                    case 1 -> proxy.blackHole();
                    case 2 -> proxy.cut();
                    default -> proxy.disconnect();
                }
                Waiting.until(i == 3 ? SHORT : PATIENCE, () -> load.failed() > failed + 3);
                proxy.forward();
            }
            load.end();
            load.check(used());
            assertThat(load.failed()).isPositive();
        }
    }

    @Test
    void a_server_that_is_killed_keeps_what_it_confirmed() {
        try (PostgresServer server = PostgresServer.start()) {
            killed(PostgresServer.jdbcUrl(server.port()), server::kill, server::restart);
        }
    }

    @Test
    void so_does_mariadb() {
        Assumptions.assumeTrue(MariaDbServer.isAvailable());
        try (MariaDbServer server = MariaDbServer.start()) {
            killed(MariaDbServer.jdbcUrl(server.port()), server::kill, server::restart);
        }
    }

    private static void killed(String url, Runnable kill, Runnable restart) {
        try (HikariDataSource source = TestDatabase.pool(url);
                JdbcQuotaStore quota =
                        JdbcQuotaStore.builder(source).createTables().build();
                Load load = Load.on(quota, 4, SHORT)) {
            for (int i = 0; i < 3; i++) {
                long before = load.granted();
                assertThat(Waiting.until(PATIENCE, () -> load.granted() > before + 100))
                        .isTrue();
                kill.run();
                restart.run();
            }
            load.end();
            Deadline deadline = Deadline.after(PATIENCE);
            load.check(((Counted) quota.apply(List.of(new Read(Load.COUNTER)), deadline)
                            .get(0))
                    .used());
        }
    }

    @Test
    void the_check_finds_out_what_was_counted_but_not_told() {
        Load load = Load.on(store, 1, PATIENCE);
        assertThat(Waiting.until(PATIENCE, () -> load.granted() > 5)).isTrue();
        load.end();
        load.check(used());
        apply(Acquire.allOrNothing(Load.COUNTER, 1, Long.MAX_VALUE), PATIENCE);
        assertThatThrownBy(() -> load.check(used())).isInstanceOf(AssertionError.class);
    }

    private static Group group() {
        return new Group(List.of(
                Acquire.allOrNothing(Load.COUNTER, 1, 100), Acquire.allOrNothing(Load.counter("second"), 1, 100)));
    }

    private Certainty failure(Operation operation) {
        StoreException failure = catchThrowableOfType(StoreException.class, () -> apply(operation, SHORT));
        assertThat(failure).isNotNull();
        return failure.certainty();
    }
}
