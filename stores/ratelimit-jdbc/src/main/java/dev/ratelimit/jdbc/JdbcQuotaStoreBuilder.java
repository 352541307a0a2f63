package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A builder of a {@link JdbcQuotaStore}: its tables, its namespace, its bounds, and its wait for the database at the
 * start. Not thread-safe.
 */
public final class JdbcQuotaStoreBuilder {

    private static final String TABLE = "ratelimit_quota";
    private static final int CALLS = 32;

    final Connections connections;
    TableName table = TableName.of(TABLE);
    Namespace namespace = Namespace.NONE;
    Duration purgeEvery = Duration.ofMinutes(1);
    private Duration startWithin = Duration.ofSeconds(10);
    InstantSource instants = InstantSource.system();
    int maxCalls = CALLS;

    @Nullable
    DatabaseClock databaseClock;

    JdbcQuotaStoreBuilder(Connections connections) {
        this.connections = connections;
    }

    /**
     * Sets the name of the table of counters. The table of operations has the same name with the suffix
     * {@code _operation}. Default: {@code ratelimit_quota}.
     *
     * <p>The name may have a schema, as in {@code app.quota}. Without one, the data source's default schema applies. In
     * MariaDB and MySQL, a schema is a database.
     *
     * @param name one or two parts with a dot between; each a letter, then up to 39 of {@code A-Z a-z 0-9 _}, or,
     *     between double quotes or backquotes, 1 to 40 of {@code A-Z a-z 0-9 _ $ -}, in upper and lower case as
     *     written
     * @return this
     * @throws IllegalArgumentException if the name is not of this form
     */
    public JdbcQuotaStoreBuilder table(String name) {
        table = TableName.of(name);
        return this;
    }

    /**
     * Sets the namespace, which is a prefix of the names of counters in the table: {@code namespace:quota/key/start}.
     * Applications that use one table need different namespaces; otherwise their quotas with the same name share
     * counters. Default: none.
     *
     * @param name 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @return this
     * @throws IllegalArgumentException if the name is not of this form
     */
    public JdbcQuotaStoreBuilder namespace(String name) {
        namespace = Namespace.of(name);
        return this;
    }

    /**
     * Sets how often expired counters are deleted. Default: each minute.
     *
     * @param interval the time between, more than zero
     * @return this
     * @throws IllegalArgumentException if it is zero or negative
     */
    public JdbcQuotaStoreBuilder purgeEvery(Duration interval) {
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
    public JdbcQuotaStoreBuilder startWithin(Duration time) {
        startWithin = positive(time, "time");
        return this;
    }

    /**
     * Sets this process's wall clock. A counter is deleted when it has expired by the database's clock and by this
     * clock, so one clock that is ahead deletes nothing. Default: the system's.
     *
     * @param source the clock
     * @return this
     */
    public JdbcQuotaStoreBuilder clock(InstantSource source) {
        instants = Objects.requireNonNull(source, "source");
        return this;
    }

    /** Replaces the database's clock, for tests that cannot move a server's time. */
    JdbcQuotaStoreBuilder databaseClock(DatabaseClock clock) {
        databaseClock = clock;
        return this;
    }

    /**
     * Sets the maximum number of calls in progress at once. Further calls wait for their turn, until their deadlines.
     * Default: 32. A number above the size of the pool has no effect.
     *
     * @param calls the maximum, at least 1
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public JdbcQuotaStoreBuilder maxCalls(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("calls must be at least 1, but was " + calls);
        }
        maxCalls = calls;
        return this;
    }

    /**
     * Creates the missing tables. The database user needs the right to do so. The same statements are in SQL files next
     * to this class, one for each database.
     *
     * @return this
     * @throws StoreException if it failed; the message says what to do
     */
    public JdbcQuotaStoreBuilder createTables() {
        Deadline deadline = Deadline.after(startWithin);
        try (Calls calls = new Calls(1)) {
            calls.<Boolean>call(deadline, progress -> {
                Tables.create(connections, table, deadline);
                return true;
            });
        } catch (StoreException e) {
            connections.close();
            throw SetupCheck.explained(e, table);
        }
        return this;
    }

    /**
     * Returns a store, after checking the database and its tables, and trying each kind of statement.
     *
     * <p>It also makes the first calls as fast as later ones: up to 16 calls at once, or {@link #maxCalls}, open
     * connections, prepare statements and load classes, for at most two seconds. They leave nothing in the tables.
     *
     * @return a store
     * @throws StoreException if the store could not work; the message says what to do
     */
    public JdbcQuotaStore build() {
        Deadline deadline = Deadline.after(startWithin);
        Calls calls = new Calls(maxCalls);
        try {
            Dialect dialect =
                    calls.call(deadline, progress -> SetupCheck.dialect(connections, table, namespace, deadline));
            JdbcQuotaStore store = new JdbcQuotaStore(this, calls, dialect);
            store.warmUp(dialect, this, deadline);
            return store;
        } catch (StoreException e) {
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
