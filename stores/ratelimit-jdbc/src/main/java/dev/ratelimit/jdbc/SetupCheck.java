package dev.ratelimit.jdbc;

import dev.ratelimit.Certainty;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.store.StoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The check of the setup when a store is built: anything wrong is one exception that says what to do. */
final class SetupCheck {

    private SetupCheck() {}

    /** Returns the dialect of the database, after checking its tables and the rights of its user. */
    static Dialect dialect(Connections connections, TableName name, Namespace namespace, Deadline deadline)
            throws SQLException {
        try (Session session = Session.open(connections, deadline)) {
            session.autoCommit();
            Dialect dialect = Dialect.of(session.connection().getMetaData());
            Sql sql = new Sql(name, dialect);
            table(session, dialect.bound(), sql.table(), "counter, used, expires", namespace);
            keyIs(Set.of("counter"), session.connection(), sql.table(), name, "");
            table(session, dialect.bound(), sql.operations(), "counter, holder, sequence, granted, used", namespace);
            keyIs(Set.of("counter", "holder", "sequence"), session.connection(), sql.operations(), name, "_operation");
            Rights.check(session, sql, namespace);
            return dialect;
        }
    }

    private static void table(Session session, StatementBound bound, String table, String columns, Namespace namespace)
            throws SQLException {
        String query = "SELECT " + columns + " FROM " + table + " WHERE 1 = 0";
        try (PreparedStatement statement = session.prepareQuery(bound, query);
                ResultSet rows = bound.rows(statement)) {
            types(table, rows.getMetaData(), namespace.maxName());
        } catch (SQLException e) {
            if (SqlStates.columnMissing(e)) {
                throw wrong(table, "a column is missing: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private static void keyIs(Set<String> key, Connection connection, String table, TableName name, String suffix)
            throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String stored =
                new TableName.Part(name.table().text() + suffix, name.table().quoted()).stored(database);
        Set<String> found;
        if (name.schema() != null) {
            String schema = name.schema().stored(database);
            // A database of MariaDB and MySQL is a catalog of JDBC.
            found = database.supportsSchemasInTableDefinitions()
                    ? keyOf(stored, database, connection.getCatalog(), schema)
                    : keyOf(stored, database, schema, null);
        } else {
            found = keyOf(stored, database, connection.getCatalog(), connection.getSchema());
            if (found.isEmpty()) {
                // It may be in another schema of the search path.
                found = keyOf(stored, database, connection.getCatalog(), null);
            }
        }
        if (!found.equals(key)) {
            throw wrong(table, "its primary key must be " + new TreeSet<>(key) + ", but is " + found, null);
        }
    }

    private static Set<String> keyOf(
            String table, DatabaseMetaData database, @Nullable String catalog, @Nullable String schema)
            throws SQLException {
        Set<String> columns = new TreeSet<>();
        try (ResultSet rows = database.getPrimaryKeys(catalog, schema, table)) {
            while (rows.next()) {
                columns.add(rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return columns;
    }

    private static void types(String table, ResultSetMetaData columns, int maxName) throws SQLException {
        List<Integer> texts = List.of(Types.VARCHAR, Types.CHAR, Types.LONGVARCHAR);
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnName(i).toLowerCase(Locale.ROOT);
            int type = columns.getColumnType(i);
            boolean text = name.equals("counter") || name.equals("holder");
            if (text ? !texts.contains(type) : type != Types.BIGINT) {
                throw wrong(table, "the column " + name + " is of type " + columns.getColumnTypeName(i), null);
            }
            if (name.equals("counter") && columns.getPrecision(i) < maxName) {
                throw wrong(
                        table,
                        "the column counter must hold " + maxName + " characters, but holds " + columns.getPrecision(i),
                        null);
            }
        }
    }

    private static StoreException wrong(String table, String what, @Nullable Throwable cause) {
        return failed(
                "the table " + table + " is not as it must be: " + what
                        + "; see the SQL files beside the class JdbcQuotaStore, or drop it and call createTables()",
                cause);
    }

    /** Returns the exception for a setup that does not work. */
    static StoreException failed(String message, @Nullable Throwable cause) {
        return new StoreException(Certainty.NOT_APPLIED, message, cause);
    }

    /** Returns a failure with an explanation for the person who set up the store. */
    static StoreException explained(StoreException failure, TableName name) {
        // Failures that the check itself has found need no further explanation.
        if (!(failure.getCause() instanceof SQLException cause)) {
            return failure;
        }
        // Quotes are the same for all but two, and the message is for people.
        Sql sql = new Sql(name, Dialect.POSTGRESQL);
        String said = " (SQLState " + SqlStates.state(cause) + ": " + cause.getMessage() + ")";
        if (SqlStates.tableMissing(cause)) {
            return failed(
                    "the tables " + sql.table() + " and " + sql.operations()
                            + " are not both there; make them by the builder's createTables(), or by the SQL files"
                            + " beside the class JdbcQuotaStore" + said,
                    cause);
        } else if (SqlStates.readOnly(cause)) {
            return failed(
                    "the server is read-only, as a replica is; have the data source connect to the one that takes"
                            + " changes"
                            + said,
                    cause);
        } else if (SqlStates.preparedStatementLost(cause)) {
            return failed(Failures.POOLER + said, cause);
        } else if (SqlStates.credentials(cause)) {
            return failed("the database refused the user or password; check those of the data source" + said, cause);
        } else if (SqlStates.fileInUse(cause)) {
            return failed(
                    "the file is open in another process; a file is for one process at a time, several need a database"
                            + " server" + said,
                    cause);
        } else if (SqlStates.connection(cause)) {
            return failed(
                    "the database cannot be reached; check that it runs, and host and port of the data source" + said,
                    cause);
        } else if (SqlStates.refused(cause)) {
            return failed(
                    "the database's user may not do what the store does; grant it SELECT, INSERT, UPDATE and DELETE on "
                            + sql.table() + " and " + sql.operations() + said,
                    cause);
        }
        return failed("the database cannot be used" + said, cause);
    }
}
