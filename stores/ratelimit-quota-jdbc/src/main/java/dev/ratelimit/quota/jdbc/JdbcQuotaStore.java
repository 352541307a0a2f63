package dev.ratelimit.quota.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.quota.spi.Capabilities;
import dev.ratelimit.quota.spi.Capabilities.AtomicGroups;
import dev.ratelimit.quota.spi.CounterQuery;
import dev.ratelimit.quota.spi.Deadline;
import dev.ratelimit.quota.spi.ListedCounter;
import dev.ratelimit.quota.spi.Operation;
import dev.ratelimit.quota.spi.Outcome;
import dev.ratelimit.quota.spi.QuotaStore;
import dev.ratelimit.quota.spi.QuotaStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC quota store is a quota store in two tables of a relational database: PostgreSQL 12, MariaDB 10.6, MySQL 8.0, H2 2.2, or later.
 *
 * <pre>{@code
 * QuotaStore store = JdbcQuotaStore.builder(pool).createTables().build();
 * }</pre>
 *
 * <p><b>What is lost.</b> Nothing that the database has committed. Whether it keeps that over a crash is its own setting; the guide says
 * more under "Choosing a store".
 *
 * <p><b>Operations.</b> All that the SPI knows: ids are remembered with their counters, any group is decided as one, and counters are
 * listed.
 *
 * <p><b>Waiting.</b> Callers leave at their deadlines whatever the database, the network or the pool does: calls run on daemon threads
 * of the store, or, in PostgreSQL, on the caller's own where a connection is at hand, which is aborted at the deadline. An
 * interrupt is heard at once in the first case, with the answer or at the deadline in the second.
 *
 * <p><b>Connections</b> are taken from the data source for each call: give it a pool. Those to PostgreSQL are kept at hand for the
 * next call, 50 milliseconds at most, or until another call waits for one. With MariaDB and MySQL, a pool whose connections have
 * auto-commit off and the isolation level {@code READ_COMMITTED} saves round trips.
 *
 * <p><b>Thread-safety.</b> All methods may be called by many threads at once.
 */
public final class JdbcQuotaStore implements QuotaStore {

    private static final int LARGEST_BATCH = 256;

    private final Connections connections;
    private final Calls calls;
    private final Abandoned abandoned;
    private final Counting counting;
    private final @Nullable ByCaller byCaller;
    private final Purge purge;
    private final Listing listing;

    private JdbcQuotaStore(Builder builder, Calls calls, Dialect dialect) {
        this.connections = builder.connections;
        this.calls = calls;
        this.abandoned = new Abandoned(builder.maximumCalls, TimeSource.system());
        Sql sql = new Sql(builder.table, dialect);
        this.counting = abandoned.watching(dialect.counting(sql, builder.namespace));
        this.byCaller = dialect.isAbortable()
                ? new ByCaller(counting, connections, calls, abandoned, builder.maximumCalls)
                : null;
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
            // No thread could be started for it: what there is ends.
            purge.close();
            if (byCaller != null) {
                byCaller.close();
            }
            throw e;
        }
    }

    private void warmUp(Dialect dialect, Builder builder, Deadline start) {
        try {
            List<String> counters = WarmUp.run(this, dialect == Dialect.H2, builder.maximumCalls, start);
            purge.forget(counters.stream().map(builder.namespace::stored).toList());
        } catch (QuotaStoreException e) {
            close();
            throw e;
        }
    }

    /**
     * Returns a builder of a store in a database.
     *
     * @param source where connections come from; stays open when the store is closed
     * @return a builder
     */
    public static Builder builder(DataSource source) {
        Objects.requireNonNull(source, "source");
        return new Builder(Connections.of(source));
    }

    /**
     * Returns a builder of a store in a file, for one process: an H2 database, which is made if it is not there.
     *
     * @param file the file, without the suffix {@code .mv.db} that the database gives it
     * @return a builder, of one store
     */
    public static Builder builder(Path file) {
        Objects.requireNonNull(file, "file");
        return new Builder(new FileConnections(file));
    }

    /**
     * Returns a store in a file, for one process: an H2 database, which is made if it is not there, with its tables.
     *
     * <p>What was granted is on the disk before the caller hears of it.
     *
     * @param file the file, without the suffix {@code .mv.db} that the database gives it
     * @return a store
     * @throws QuotaStoreException if H2 is not there, or the file cannot be used; the message says what to do
     */
    public static JdbcQuotaStore inFile(Path file) {
        return builder(file).createTables().build();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, AtomicGroups.ALL, LARGEST_BATCH, true);
    }

    /**
     * Applies operations; those of a call in one transaction.
     *
     * @throws QuotaStoreException if any could not be done; then none was, or it is not known
     * @throws IllegalArgumentException if there are none, or more than the largest batch
     */
    @Override
    public List<Outcome> apply(List<Operation> operations, Deadline deadline) {
        List<Operation> all = List.copyOf(operations);
        Objects.requireNonNull(deadline, "deadline");
        if (all.isEmpty() || all.size() > LARGEST_BATCH) {
            throw new IllegalArgumentException(
                    "a call needs 1 to " + LARGEST_BATCH + " operations, but has " + all.size());
        }
        abandoned.check();
        return byCaller != null
                ? byCaller.apply(all, deadline)
                : calls.call(deadline, progress -> Counting.count(counting, all, connections, deadline, progress));
    }

    /**
     * Lists counters. It reads all that the quota has, 1,000 at a time, as calls of their own: others come between them. Of
     * counters whose time is over, those are listed that have not been deleted yet.
     *
     * @throws QuotaStoreException with {@code NOT_APPLIED} if not all were read by the deadline, or the database failed
     */
    @Override
    public List<ListedCounter> list(CounterQuery query, Deadline deadline) {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(deadline, "deadline");
        return listing.list(query, deadline);
    }

    /**
     * Deletes counters whose time is over, with what is remembered of their operations. A timer does so, too.
     *
     * @return how many counters were deleted
     * @throws QuotaStoreException if it did not succeed; what has been deleted stays so
     */
    public long purge() {
        return purge.run();
    }

    /** Ends the threads of the store, after a moment for calls under way. The data source stays open; a file is closed. */
    @Override
    public void close() {
        purge.close();
        if (byCaller != null) {
            byCaller.close();
        }
        calls.close();
        connections.close();
    }

    /** A builder of a store. Not thread-safe. */
    public static final class Builder {

        private static final String TABLE = "ratelimit_quota";
        private static final int CALLS = 32;

        private final Connections connections;
        private TableName table = TableName.of(TABLE);
        private Namespace namespace = Namespace.NONE;
        private Duration purgeEvery = Duration.ofMinutes(1);
        private Duration startWithin = Duration.ofSeconds(10);
        private InstantSource instants = InstantSource.system();
        private int maximumCalls = CALLS;
        private @Nullable DatabaseClock databaseClock;

        private Builder(Connections connections) {
            this.connections = connections;
        }

        /**
         * Sets the name of the table of counters; that of operations is the same with {@code _operation} behind it. Default:
         * {@code ratelimit_quota}.
         *
         * <p>A schema may stand before it, {@code app.quota}; without one, where it is found is the data source's
         * business. What MariaDB and MySQL call a database is a schema here.
         *
         * @param name one or two parts with a dot between; each a letter, then up to 39 of {@code A-Z a-z 0-9 _}, or,
         *     between double quotes or backquotes, 1 to 40 of {@code A-Z a-z 0-9 _ $ -}, in upper and lower case as
         *     written
         * @return this
         * @throws IllegalArgumentException if it is not as said
         */
        public Builder table(String name) {
            table = TableName.of(name);
            return this;
        }

        /**
         * Sets what stands before the names of the counters in the table: {@code namespace:quota/key/start}.
         * Applications that use one table need one each, or their quotas of one name share their counters. Default:
         * nothing.
         *
         * @param name 1 to 64 of {@code A-Z a-z 0-9 . _ -}
         * @return this
         * @throws IllegalArgumentException if it is not as said
         */
        public Builder namespace(String name) {
            namespace = Namespace.of(name);
            return this;
        }

        /**
         * Sets how often counters are deleted whose time is over. Default: each minute.
         *
         * @param interval the time between, more than zero
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder purgeEvery(Duration interval) {
            purgeEvery = positive(interval, "interval");
            return this;
        }

        /**
         * Sets how long {@link #createTables()} and {@link #build()} may wait for the database. Default: 10 seconds.
         *
         * @param time the time, more than zero
         * @return this
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Builder startWithin(Duration time) {
            startWithin = positive(time, "time");
            return this;
        }

        /**
         * Sets this process's wall clock. A counter is deleted once its time is over by the database's clock, and by
         * this one: so that a clock that is ahead deletes nothing. Default: the system's.
         *
         * @param source the clock
         * @return this
         */
        public Builder instantSource(InstantSource source) {
            instants = Objects.requireNonNull(source, "source");
            return this;
        }

        /** Sets what is taken for the database's clock, for tests that cannot have a server's time go on. */
        Builder databaseClock(DatabaseClock clock) {
            databaseClock = clock;
            return this;
        }

        /**
         * Sets how many calls can be under way at once; others wait for their turn, until their deadlines. Default: 32. More than
         * the pool has connections is of no use.
         *
         * @param calls the most, at least 1
         * @return this
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maximumCalls(int calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("calls must be at least 1, but was " + calls);
            }
            maximumCalls = calls;
            return this;
        }

        /**
         * Makes the tables that are not there. Needs a user who may do so; the same statements stand in SQL files beside this
         * class, one for each database.
         *
         * @return this
         * @throws QuotaStoreException if it did not succeed; the message says what to do
         */
        public Builder createTables() {
            Deadline deadline = Deadline.after(startWithin);
            try (Calls calls = new Calls(1)) {
                calls.<Boolean>call(deadline, progress -> {
                    Tables.create(connections, table, deadline);
                    return true;
                });
            } catch (QuotaStoreException e) {
                connections.close();
                throw SetupCheck.explained(e, table);
            }
            return this;
        }

        /**
         * Returns a store, after a look at the database and its tables, and a try of all that it does there.
         *
         * <p>It also makes the first calls as fast as later ones: up to 16 calls at once, or {@link #maximumCalls},
         * open connections, prepare statements and load classes, for at most two seconds. They leave nothing in the
         * tables.
         *
         * @return a store
         * @throws QuotaStoreException if it could not work as things are; the message says what to do
         */
        public JdbcQuotaStore build() {
            Deadline deadline = Deadline.after(startWithin);
            Calls calls = new Calls(maximumCalls);
            try {
                Dialect dialect =
                        calls.call(deadline, progress -> SetupCheck.dialect(connections, table, namespace, deadline));
                JdbcQuotaStore store = new JdbcQuotaStore(this, calls, dialect);
                store.warmUp(dialect, this, deadline);
                return store;
            } catch (QuotaStoreException e) {
                calls.close();
                connections.close();
                throw SetupCheck.explained(e, table);
            } catch (Error e) {
                calls.close();
                connections.close();
                throw e;
            }
        }

        private static Duration positive(Duration duration, String name) {
            if (duration.isZero() || duration.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero, but was " + duration);
            }
            return duration;
        }
    }
}
