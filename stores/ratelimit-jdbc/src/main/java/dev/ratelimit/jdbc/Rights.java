package dev.ratelimit.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The check of the database user's rights: tries each kind of statement once, on a counter that no request uses, and
 * rolls it back.
 */
final class Rights {

    private static final UUID NOBODY = new UUID(0, 0);

    private final Session session;
    private final Sql sql;
    private final String counter;
    private final List<String> missing = new ArrayList<>();

    private Rights(Session session, Sql sql, String counter) {
        this.session = session;
        this.sql = sql;
        this.counter = counter;
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    private interface Parameters {

        void set(PreparedStatement statement) throws SQLException;
    }

    /** Throws if the user lacks a right, naming all that are missing. */
    static void check(Session session, Sql sql, Namespace namespace) throws SQLException {
        // A different name each time, so that two stores that start at once do not wait for each other.
        Rights rights = new Rights(session, sql, namespace.stored("probe/" + UUID.randomUUID() + "/0"));
        rights.ofCounters();
        rights.ofOperations();
        if (!rights.missing.isEmpty()) {
            throw SetupCheck.failed(
                    "the database's user may not do what the store does; grant it " + String.join(", ", rights.missing),
                    null);
        }
    }

    private void ofCounters() throws SQLException {
        attempt("SELECT", sql.table(), sql.read(1), this::first);
        attempt("INSERT", sql.table(), sql.insert(), statement -> {
            first(statement);
            statement.setLong(2, 0);
            statement.setLong(3, 0);
        });
        attempt("UPDATE", sql.table(), sql.change(), statement -> {
            statement.setLong(1, 0);
            statement.setLong(2, 0);
            statement.setString(3, counter);
            statement.setLong(4, 0);
        });
        attempt("DELETE", sql.table(), sql.forgetCounters(1), this::first);
    }

    private void ofOperations() throws SQLException {
        attempt("SELECT", sql.operations(), sql.remembered(1), this::id);
        attempt("INSERT", sql.operations(), sql.keep(), statement -> {
            id(statement);
            statement.setLong(4, 0);
            statement.setLong(5, 0);
        });
        attempt("DELETE", sql.operations(), sql.forgetOperations(1), this::first);
    }

    private void first(PreparedStatement statement) throws SQLException {
        statement.setString(1, counter);
    }

    private void id(PreparedStatement statement) throws SQLException {
        first(statement);
        statement.setString(2, NOBODY.toString());
        statement.setLong(3, 1);
    }

    private void attempt(String right, String table, String text, Parameters parameters) throws SQLException {
        session.begin();
        try (PreparedStatement statement = session.prepare(text)) {
            parameters.set(statement);
            statement.execute();
        } catch (SQLException e) {
            if (!SqlStates.refused(e)) {
                throw e;
            }
            missing.add(right + " on " + table);
        }
        session.rollback();
    }
}
