package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A source of connections, which also takes them back. */
interface Connections extends AutoCloseable {

    /** Takes a connection for one call. */
    Connection take() throws SQLException;

    /** Takes a connection back. One that is not sound is never used again. */
    void giveBack(Connection connection, boolean sound) throws SQLException;

    /** Called before the first statement of a transaction that changes something; waits at most until the deadline. */
    default void begin(Connection connection, Deadline deadline) throws SQLException {}

    /** Commits a transaction. */
    default void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    void close();

    /** Returns the connections of a data source. The user sets its bounds. */
    static Connections of(DataSource source) {
        return new Connections() {
            @Override
            public Connection take() throws SQLException {
                return source.getConnection();
            }

            @Override
            public void giveBack(Connection connection, boolean sound) throws SQLException {
                try (connection) {
                    if (!sound) {
                        // So that no pool keeps it as a sound one.
                        connection.abort(Runnable::run);
                    }
                }
            }

            @Override
            public void close() {}
        };
    }
}
