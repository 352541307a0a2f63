package dev.ratelimit.quota.jdbc;

import dev.ratelimit.quota.spi.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Where connections come from, and go to. */
interface Connections extends AutoCloseable {

    /** A connection for one call. */
    Connection take() throws SQLException;

    /** Takes it back. One that is not sound is not given to anyone again. */
    void giveBack(Connection connection, boolean sound) throws SQLException;

    /** Called before the first statement of a transaction that changes something; waits at most until the deadline. */
    default void begin(Connection connection, Deadline deadline) throws SQLException {}

    /** Ends a transaction so that it is kept. */
    default void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    void close();

    /** Those of a data source, which is the user's, as are its bounds. */
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
                        // So that no pool takes it for a good one.
                        connection.abort(Runnable::run);
                    }
                }
            }

            @Override
            public void close() {}
        };
    }
}
