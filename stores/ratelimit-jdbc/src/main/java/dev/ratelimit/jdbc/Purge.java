package dev.ratelimit.jdbc;

import dev.ratelimit.TimeSource;
import dev.ratelimit.internal.OwnThreads;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes expired counters and their operations, regularly ({@link PurgeRounds}) and on request.
 *
 * <p>A counter has expired when both the database's clock and this process's clock say so: a node with a wrong clock
 * must not delete shared counters.
 *
 * <p>It works in small transactions and skips locked counters, so that other callers never wait long. Many processes
 * may purge at once.
 */
final class Purge implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Purge.class);

    private static final int BATCH = 128;
    private static final Duration MAX = Duration.ofSeconds(10);

    private final Calls calls;
    private final Connections connections;
    private final Sql sql;
    private final StatementBound bound;
    private final DatabaseClock clock;
    private final InstantSource instants;
    private final PurgeRounds rounds;

    Purge(
            Calls calls,
            Connections connections,
            Sql sql,
            StatementBound bound,
            DatabaseClock clock,
            InstantSource instants) {
        this.calls = calls;
        this.connections = connections;
        this.sql = sql;
        this.bound = bound;
        this.clock = clock;
        this.instants = instants;
        this.rounds = new PurgeRounds(TimeSource.system(), OwnThreads.named("ratelimit-jdbc-purge"), this::run);
    }

    /** Starts the regular purge. */
    void start(Duration interval) {
        rounds.start(interval);
    }

    /** Purges now; returns the number of deleted counters. */
    long run() {
        long all = 0;
        int some;
        do {
            Deadline deadline = Deadline.after(MAX);
            some = calls.call(deadline, progress -> batch(deadline, progress));
            all += some;
        } while (some == BATCH);
        return all;
    }

    /** Deletes counters, expired or not. */
    void forget(List<String> counters) {
        Deadline deadline = Deadline.after(MAX);
        try {
            calls.<Boolean>call(deadline, progress -> {
                try (Session session = Session.open(connections, deadline)) {
                    session.begin();
                    delete(counters, session);
                    session.commit(progress);
                }
                return true;
            });
        } catch (StoreException e) {
            LOG.debug("counters could not be deleted; they are as soon as their time is over", e);
        }
    }

    private int batch(Deadline deadline, Progress progress) throws SQLException {
        try (Session session = Session.open(connections, deadline)) {
            try {
                return batch(session, progress);
            } catch (SQLException e) {
                session.failed(e);
                throw e;
            }
        }
    }

    private int batch(Session session, Progress progress) throws SQLException {
        session.begin();
        List<String> counters = expired(session);
        if (!counters.isEmpty()) {
            delete(counters, session);
            session.commit(progress);
        }
        return counters.size();
    }

    private List<String> expired(Session session) throws SQLException {
        List<String> counters = new ArrayList<>();
        // One clock that is ahead, a node's or the database's, deletes nothing that has not expired by the other.
        long now = Math.min(clock.millis(session), instants.millis());
        try (PreparedStatement statement = session.prepareQuery(bound, sql.expired(BATCH))) {
            statement.setLong(1, now);
            try (ResultSet rows = bound.rows(statement)) {
                while (rows.next()) {
                    counters.add(rows.getString(1));
                }
            }
        }
        return counters;
    }

    private void delete(List<String> counters, Session session) throws SQLException {
        delete(sql.forgetOperations(Sql.padded(counters.size())), counters, session);
        delete(sql.forgetCounters(Sql.padded(counters.size())), counters, session);
    }

    private void delete(String text, List<String> counters, Session session) throws SQLException {
        try (PreparedStatement statement = session.prepareChange(bound, text)) {
            for (int i = 0; i < Sql.padded(counters.size()); i++) {
                statement.setString(i + 1, counters.get(Math.min(i, counters.size() - 1)));
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
