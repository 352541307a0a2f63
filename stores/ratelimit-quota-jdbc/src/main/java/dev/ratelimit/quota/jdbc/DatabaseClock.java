package dev.ratelimit.quota.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The clock of the database, which is one for all that count in it, and no node's. */
@FunctionalInterface
interface DatabaseClock {

    /** What it shows, in milliseconds since 1970. */
    long millis(Session session) throws SQLException;

    /** One that a query reads. */
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
