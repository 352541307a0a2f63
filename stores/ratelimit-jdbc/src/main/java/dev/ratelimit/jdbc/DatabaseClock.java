package dev.ratelimit.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The clock of the database, which is the same for all processes that count in it. */
@FunctionalInterface
interface DatabaseClock {

    /** Returns its time, in milliseconds since 1970. */
    long millis(Session session) throws SQLException;

    /** Returns a clock that a query reads. */
    static DatabaseClock of(String query) {
        return session -> {
            try (PreparedStatement statement = session.prepare(query);
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        };
    }
}
