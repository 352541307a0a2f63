package dev.ratelimit.jdbc;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of SQL errors for the statement that failed. Only this class reads error codes.
 *
 * <p>Classes of SQLState are those of ISO/IEC 9075-2, section 24.1; the others are of PostgreSQL (appendix A of its
 * manual), MariaDB and H2. An error that is not known here says nothing: the statement may have been done.
 */
final class SqlStates {

    /**
     * Feature, data exception, constraint, transaction state, statement name, authorization, syntax, resources, limits,
     * prerequisite, exception of a trigger.
     */
    private static final Set<String> REFUSED = Set.of("0A", "22", "23", "25", "26", "28", "42", "53", "54", "55", "P0");

    /** Lock timeout; statement cancelled by the server, of PostgreSQL and H2, and of MariaDB. */
    private static final Set<String> ENDED = Set.of("HYT00", "57014", "70100");

    private static final String COMPLETION_UNKNOWN = "40003";
    private static final String H2_CONCURRENT_UPDATE = "90131";
    private static final String H2_READ_ONLY = "90097";

    /** The server's option read_only, its read-only mode. */
    private static final Set<Integer> READ_ONLY_CODES = Set.of(1290, 1836);

    /** No right to a database, a table, a column, something else; and what LOCK TABLES or a grant table refuses. */
    private static final Set<Integer> NO_RIGHT_CODES = Set.of(1044, 1142, 1143, 1227, 1370);

    private static final int MARIADB_DUPLICATE = 1062;
    private static final int MARIADB_LOCK_TIMEOUT = 1205;
    private static final int MARIADB_RECORD_CHANGED = 1020;
    private static final int MYSQL_EXECUTION_TIME = 3024;

    /** Has the state of a statement that was ended, but may have come in the middle of a commit. */
    private static final int MARIADB_CONNECTION_KILLED = 1927;

    /** PostgreSQL has closed a session that had nothing to do: before it got what was sent. */
    private static final String IDLE_SESSION_CLOSED = "57P05";

    private SqlStates() {}

    /** Whether the server has answered that the statement, or the transaction, did nothing. */
    static boolean undone(SQLException e) {
        String state = state(e);
        return REFUSED.contains(classOf(state))
                || ended(e)
                || readOnly(e)
                || preparedStatementLost(e)
                || state.equals(IDLE_SESSION_CLOSED)
                || collided(e);
    }

    /** Whether it did nothing because of another transaction, and may succeed if it is tried again. */
    static boolean collided(SQLException e) {
        String state = state(e);
        return (classOf(state).equals("40") && !state.equals(COMPLETION_UNKNOWN))
                || state.equals(H2_CONCURRENT_UPDATE)
                || state.equals("HYT00")
                || state.equals("55P03")
                || state.equals("23505")
                || (state.equals("23000") && e.getErrorCode() == MARIADB_DUPLICATE)
                || (state.equals("HY000")
                        && (e.getErrorCode() == MARIADB_LOCK_TIMEOUT || e.getErrorCode() == MARIADB_RECORD_CHANGED));
    }

    /** Whether the server has ended the statement, by its bound or by a command. */
    static boolean ended(SQLException e) {
        String state = state(e);
        return (ENDED.contains(state) && e.getErrorCode() != MARIADB_CONNECTION_KILLED)
                || (state.equals("HY000") && e.getErrorCode() == MYSQL_EXECUTION_TIME);
    }

    /**
     * Whether the server takes no changes: a replica, or a master that was demoted. Another connection may lead to its
     * successor.
     */
    static boolean readOnly(SQLException e) {
        String state = state(e);
        return state.equals("25006")
                || state.equals(H2_READ_ONLY)
                || (state.equals("HY000") && READ_ONLY_CODES.contains(e.getErrorCode()));
    }

    /** Whether a prepared statement is missing on the server, or belongs to another client, as behind a pooler. */
    static boolean preparedStatementLost(SQLException e) {
        String state = state(e);
        return Set.of("26000", "42P05").contains(state)
                || (state.equals("08P01") && String.valueOf(e.getMessage()).contains("prepared statement"));
    }

    /** Whether the server did not answer within the driver's timeout: the statement may still run. */
    static boolean unanswered(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the user or password was refused. */
    static boolean credentials(SQLException e) {
        return classOf(state(e)).equals("28");
    }

    /** Whether the table is missing. */
    static boolean tableMissing(SQLException e) {
        return Set.of("42P01", "42S02", "42S04").contains(state(e));
    }

    /** Whether a column is missing. */
    static boolean columnMissing(SQLException e) {
        return Set.of("42703", "42S22").contains(state(e));
    }

    /** Whether the user lacks a right. */
    static boolean refused(SQLException e) {
        String state = state(e);
        // MariaDB and MySQL say 42000 of a mistake in the statement, too.
        return Set.of("42501", "90096").contains(state)
                || (state.equals("42000") && NO_RIGHT_CODES.contains(e.getErrorCode()));
    }

    /** Whether there is no connection. */
    static boolean connection(SQLException e) {
        return classOf(state(e)).equals("08");
    }

    /** Whether another process has the file of an H2 database open. */
    static boolean fileInUse(SQLException e) {
        return state(e).equals("90020");
    }

    /** Returns the first state of the exception and its causes, because pools wrap the exceptions of drivers. */
    static String state(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            @Nullable String state = cause instanceof SQLException sql ? sql.getSQLState() : null;
            if (state != null) {
                return state;
            }
        }
        return "";
    }

    private static String classOf(String state) {
        return state.length() < 2 ? "" : state.substring(0, 2);
    }
}
