package dev.ratelimit.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC quota store is a quota store in two tables of a relational database: PostgreSQL 12, MariaDB 10.6, MySQL 8.0,
 * H2 2.2, or later.
 *
 * <pre>{@code
 * QuotaStore store = JdbcQuotaStore.builder(pool).createTables().build();
 * }</pre>
 *
 * <p><b>Durability.</b> The store keeps everything that the database has committed. Whether a commit survives a crash
 * is a setting of the database; see "Choosing a store" in the guide.
 *
 * <p><b>Operations.</b> The store supports the whole SPI: it remembers ids with their counters, decides any group all
 * or nothing, and lists counters.
 *
 * <p><b>Waiting.</b> A call returns at its deadline, whatever the database, the network or the pool does. Calls run on
 * daemon threads of the store. With PostgreSQL, a call runs on the caller's own thread if the store has kept a
 * connection; the store aborts that connection at the deadline. In the first case a call reacts to an interrupt at
 * once, in the second case with the answer or at the deadline.
 *
 * <p><b>Connections</b> are taken from the data source for each call, so use a pool. The store keeps a connection to
 * PostgreSQL for the next call, for 50 milliseconds at most, or until another call waits for one. With MariaDB and
 * MySQL, a pool whose connections have auto-commit off and the isolation level {@code READ_COMMITTED} saves round
 * trips.
 *
 * <p><b>Thread-safety.</b> All methods may be called by many threads at once.
 */
public final class JdbcQuotaStore implements QuotaStore {

    private static final int MAX_BATCH = 256;

    private final Connections connections;
    private final Calls calls;
    private final Abandoned abandoned;
    private final Counting counting;
    private final @Nullable ByCaller byCaller;
    private final Purge purge;
    private final Listing listing;

    JdbcQuotaStore(JdbcQuotaStoreBuilder builder, Calls calls, Dialect dialect) {
        this.connections = builder.connections;
        this.calls = calls;
        this.abandoned = new Abandoned(builder.maxCalls, TimeSource.system());
        Sql sql = new Sql(builder.table, dialect);
        this.counting = abandoned.watching(dialect.counting(sql, builder.namespace));
        this.byCaller =
                dialect.isAbortable() ? new ByCaller(counting, connections, calls, abandoned, builder.maxCalls) : null;
        this.listing = new Listing(new CounterPages(calls, connections, sql, dialect.bound()), builder.namespace);
        this.purge = new Purge(
                calls,
                connections,
                sql,
                dialect.bound(),
                Objects.requireNonNullElse(builder.databaseClock, dialect.clock()),
                builder.instants);
        try {
            purge.start(builder.purgeEvery);
        } catch (Error e) {
            // No thread could be started for the store, so close what is open.
            purge.close();
            if (byCaller != null) {
                byCaller.close();
            }
            throw e;
        }
    }

    void warmUp(Dialect dialect, JdbcQuotaStoreBuilder builder, Deadline start) {
        try {
            List<String> counters = WarmUp.run(this, dialect == Dialect.H2, builder.maxCalls, start);
            purge.forget(counters.stream().map(builder.namespace::stored).toList());
        } catch (StoreException e) {
            close();
            throw e;
        }
    }

    /**
     * Returns a builder of a store in a database.
     *
     * @param source the source of connections; the store does not close it
     * @return a builder
     */
    public static JdbcQuotaStoreBuilder builder(DataSource source) {
        Objects.requireNonNull(source, "source");
        return new JdbcQuotaStoreBuilder(Connections.of(source));
    }

    /**
     * Returns a builder of a store in a file, for one process: an H2 database, which is created if it does not exist.
     *
     * @param file the file, without the suffix {@code .mv.db} that the database gives it
     * @return a builder, of one store
     */
    public static JdbcQuotaStoreBuilder builder(Path file) {
        Objects.requireNonNull(file, "file");
        return new JdbcQuotaStoreBuilder(new FileConnections(file));
    }

    /**
     * Returns a store in a file, for one process: an H2 database, which is created with its tables if it does not
     * exist.
     *
     * <p>The store flushes granted units to the disk before it answers.
     *
     * @param file the file, without the suffix {@code .mv.db} that the database gives it
     * @return a store
     * @throws StoreException if H2 is not on the class path, or the file cannot be used; the message says what to
     *     do
     */
    public static JdbcQuotaStore inFile(Path file) {
        return builder(file).createTables().build();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, AtomicGroups.ALL, MAX_BATCH, true);
    }

    /**
     * Applies operations, all operations of a call in one transaction.
     *
     * @throws StoreException if an operation failed; its certainty says whether the call may have counted
     * @throws IllegalArgumentException if there are no operations, or more than the maximum
     */
    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        List<Operation> all = List.copyOf(operations);
        Objects.requireNonNull(deadline, "deadline");
        if (all.isEmpty() || all.size() > MAX_BATCH) {
            throw new IllegalArgumentException("a call needs 1 to " + MAX_BATCH + " operations, but has " + all.size());
        }
        abandoned.check();
        return byCaller != null
                ? byCaller.apply(all, deadline)
                : calls.call(deadline, progress -> Counting.count(counting, all, connections, deadline, progress));
    }

    /**
     * Lists counters. It reads all counters of the quota, 1,000 at a time. Each 1,000 are a separate call, so other
     * calls run in between. Expired counters are listed until they are deleted.
     *
     * @throws StoreException with {@code NOT_APPLIED} if not all were read by the deadline, or the database failed
     */
    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(deadline, "deadline");
        return listing.list(query, deadline);
    }

    /**
     * Deletes expired counters and their remembered operations. A timer also does this regularly.
     *
     * @return the number of deleted counters
     * @throws StoreException if it failed; counters deleted until then stay deleted
     */
    public long purge() {
        return purge.run();
    }

    /**
     * Ends the threads of the store, after a short wait for calls in progress. The data source stays open; a file is
     * closed.
     */
    @Override
    public void close() {
        purge.close();
        if (byCaller != null) {
            byCaller.close();
        }
        calls.close();
        connections.close();
    }
}
