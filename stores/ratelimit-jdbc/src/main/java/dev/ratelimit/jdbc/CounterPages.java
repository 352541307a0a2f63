package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of counters, a page at a time.
 *
 * <p>Each page is a separate call, with its own turn and its own connection. So another caller waits for one page at
 * most, and no long transaction keeps the database from removing old rows. A page locks nothing. Thread-safe.
 */
final class CounterPages implements Listing.Pages {

    /** The number of rows that a database reads in some milliseconds. */
    static final int SIZE = 1_000;

    private final Calls calls;
    private final Connections connections;
    private final Sql sql;
    private final StatementBound bound;

    CounterPages(Calls calls, Connections connections, Sql sql, StatementBound bound) {
        this.calls = calls;
        this.connections = connections;
        this.sql = sql;
        this.bound = bound;
    }

    @Override
    public List<Listing.Row> between(String after, String before, Deadline deadline) {
        return calls.call(deadline, progress -> {
            try (Session session = progress.takeConnection(() -> Session.open(connections, deadline))) {
                return read(after, before, session);
            }
        });
    }

    private List<Listing.Row> read(String after, String before, Session session) throws SQLException {
        try {
            // Not a transaction that is begun: in a file, those that change something would wait for it.
            session.autoCommit();
            return rows(after, before, session);
        } catch (SQLException e) {
            session.failed(e);
            if (SqlStates.refused(e)) {
                throw mayNot(e);
            }
            throw e;
        }
    }

    private List<Listing.Row> rows(String after, String before, Session session) throws SQLException {
        List<Listing.Row> page = new ArrayList<>();
        try (PreparedStatement statement = session.prepareQuery(bound, sql.page(SIZE))) {
            statement.setString(1, after);
            statement.setString(2, before);
            try (ResultSet rows = bound.rows(statement)) {
                while (rows.next()) {
                    page.add(new Listing.Row(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                }
            }
        }
        return page;
    }

    private StoreException mayNot(SQLException e) {
        return new StoreException(
                Certainty.NOT_APPLIED,
                "the database's user may not list counters; grant it SELECT on " + sql.table() + ": " + e.getMessage(),
                e);
    }
}
