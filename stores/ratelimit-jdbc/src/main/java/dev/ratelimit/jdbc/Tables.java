package dev.ratelimit.jdbc;

import dev.ratelimit.store.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** Creates the tables, by the SQL files next to this class. */
final class Tables {

    private static final String NAME_IN_FILES = "ratelimit_quota";

    private Tables() {}

    /** Creates the missing tables. */
    static void create(Connections connections, TableName name, Deadline deadline) throws SQLException {
        try (Session session = Session.open(connections, deadline)) {
            session.autoCommit();
            Dialect dialect = Dialect.of(session.connection().getMetaData());
            Sql sql = new Sql(name, dialect);
            if (isThere(sql.table(), session) && isThere(sql.operations(), session)) {
                return;
            }
            String script = read(dialect.script())
                    .replaceAll("(?m)^--.*$", "")
                    .replace(NAME_IN_FILES + "_expires", sql.index())
                    .replace(NAME_IN_FILES + "_operation", sql.operations())
                    .replace(NAME_IN_FILES, sql.table());
            for (String text : script.split(";", -1)) {
                if (!text.isBlank()) {
                    execute(text, session);
                }
            }
        }
    }

    /** Whether a table exists. Checked first, because PostgreSQL locks a table even to find that its index exists. */
    private static boolean isThere(String table, Session session) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            return statement.execute("SELECT 1 FROM " + table + " WHERE 1 = 0");
        } catch (SQLException e) {
            if (SqlStates.tableMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    private static void execute(String text, Session session) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            try {
                statement.execute(text);
            } catch (SQLException e) {
                if (!SqlStates.collided(e)) {
                    throw e;
                }
                // Another process has just made it.
                statement.execute(text);
            }
        }
    }

    private static String read(String script) {
        try (InputStream file = Objects.requireNonNull(Tables.class.getResourceAsStream(script), script)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
