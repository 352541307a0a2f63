package dev.ratelimit.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A statement bound tells the server when to end a statement by itself, so that no statement runs on after its caller
 * has left. It is part of the text of the statement, so it costs no round trip, and does not change the connection.
 */
enum StatementBound {
    /** The database is in this process, or bounds its waits itself. */
    NONE {
        @Override
        String query(String select, long millis) {
            return select;
        }
    },

    /**
     * PostgreSQL: a setting that holds until the transaction ends, sent together with the transaction's first
     * statement.
     */
    SET_CONFIG {
        @Override
        String query(String select, long millis) {
            return "SELECT set_config('statement_timeout', '" + millis + "', true); " + select;
        }

        @Override
        ResultSet rows(PreparedStatement statement) throws SQLException {
            statement.execute();
            statement.getMoreResults();
            return statement.getResultSet();
        }
    },

    /** MariaDB: a setting that holds for one statement. */
    SET_STATEMENT {
        @Override
        String query(String select, long millis) {
            return change(select, millis);
        }

        @Override
        String change(String statement, long millis) {
            String fraction = String.valueOf(1000 + millis % 1000).substring(1);
            return "SET STATEMENT max_statement_time=" + millis / 1000 + "." + fraction + " FOR " + statement;
        }
    },

    /**
     * MySQL: a hint, which works for queries only. Changes are sent for rows that a query has already locked. An insert
     * may still wait for a lock. It has a setting of the session in whole seconds, with which it ends within two.
     */
    HINT {
        @Override
        void insert(Session session, Insert insert) throws SQLException {
            boolean isRestored = false;
            try {
                session.execute("SET @ratelimit_wait = @@SESSION.innodb_lock_wait_timeout,"
                        + " SESSION innodb_lock_wait_timeout = 1");
                insert.run();
                session.execute(RESTORE);
                isRestored = true;
            } finally {
                if (!isRestored) {
                    session.restoreOrBreak(RESTORE);
                }
            }
        }

        @Override
        String query(String select, long millis) {
            return "SELECT /*+ MAX_EXECUTION_TIME(" + millis + ") */" + select.substring("SELECT".length());
        }
    };

    /** Within the transaction, so that no connection goes back with a setting that is not its pool's. */
    private static final String RESTORE = "SET SESSION innodb_lock_wait_timeout = @ratelimit_wait";

    /** Inserts rows. */
    interface Insert {
        void run() throws SQLException;
    }

    /**
     * The maximum binary digits of a bound. Longer numbers are rounded down, so that there are few texts to prepare.
     */
    private static final int DIGITS = 4;

    /** The text of PostgreSQL's setting, with the time as the first parameter. */
    static final String PARAMETER = "SELECT set_config('statement_timeout', ?, true); ";

    /** A query with the bound in it; its answer comes from {@link #rows}. */
    abstract String query(String select, long millis);

    /** A statement that changes something, after a query of the same transaction. */
    String change(String statement, long millis) {
        return statement;
    }

    /** Has rows inserted, each by a statement that has the bound in it where the database knows one for that. */
    void insert(Session session, Insert insert) throws SQLException {
        insert.run();
    }

    /** The rows of a query that has the bound in it. */
    ResultSet rows(PreparedStatement statement) throws SQLException {
        return statement.executeQuery();
    }

    /**
     * Returns the time for the server: slightly less than the time left, so that its answer arrives while the caller
     * waits.
     */
    static long millis(long left) {
        return Math.max(1, left - Math.min(100, Math.max(2, left / 10)));
    }

    /** The same, or up to an eighth less. */
    static long rounded(long millis) {
        int more = Long.SIZE - Long.numberOfLeadingZeros(millis) - DIGITS;
        return more <= 0 ? millis : (millis >>> more) << more;
    }
}
