package dev.ratelimit.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A dialect is the set of differences of one database. Everything else is the same for all databases. */
enum Dialect {
    H2("H2", 2, 2, "h2.sql", StatementBound.NONE, false, false, false),
    POSTGRESQL("PostgreSQL", 12, 0, "postgresql.sql", StatementBound.SET_CONFIG, true, true, false),
    MARIADB("MariaDB", 10, 6, "mariadb.sql", StatementBound.SET_STATEMENT, false, false, true),
    MYSQL("MySQL", 8, 0, "mariadb.sql", StatementBound.HINT, false, false, true);

    private final String product;
    private final int major;
    private final int minor;
    private final String script;
    private final StatementBound bound;
    private final boolean oneStatement;
    private final boolean abortable;
    private final boolean locksGaps;

    Dialect(
            String product,
            int major,
            int minor,
            String script,
            StatementBound bound,
            boolean oneStatement,
            boolean abortable,
            boolean locksGaps) {
        this.product = product;
        this.major = major;
        this.minor = minor;
        this.script = script;
        this.bound = bound;
        this.oneStatement = oneStatement;
        this.abortable = abortable;
        this.locksGaps = locksGaps;
    }

    /** Returns the dialect of a database, which must be supported and new enough. */
    static Dialect of(DatabaseMetaData database) throws SQLException {
        String version = database.getDatabaseProductVersion();
        // MySQL's own driver takes a MariaDB for one of its kind.
        String product = version.toLowerCase(Locale.ROOT).contains("mariadb")
                ? MARIADB.product
                : database.getDatabaseProductName();
        Dialect dialect = Arrays.stream(values())
                .filter(candidate -> candidate.product.equals(product))
                .findFirst()
                .orElseThrow(() -> SetupCheck.failed(
                        "the store does not know the database \"" + product + "\"; it works with " + known(), null));
        int atMajor = database.getDatabaseMajorVersion();
        int atMinor = database.getDatabaseMinorVersion();
        if (atMajor < dialect.major || (atMajor == dialect.major && atMinor < dialect.minor)) {
            throw SetupCheck.failed(
                    "the database is too old: " + product + " " + version + "; the store needs " + dialect.least(),
                    null);
        }
        return dialect;
    }

    private static String known() {
        return Arrays.stream(values()).map(Dialect::least).collect(Collectors.joining(", "));
    }

    private String least() {
        return product + " " + major + "." + minor + " or later";
    }

    /** The file with the statements that create the tables. */
    String script() {
        return script;
    }

    /**
     * Whether a thread that waits for the database returns as soon as its connection is aborted. PostgreSQL's driver
     * only closes the socket. MariaDB's driver opens another connection, and H2 writes the file itself.
     */
    boolean isAbortable() {
        return abortable;
    }

    /** The way to tell the server when to end a statement. */
    StatementBound bound() {
        return bound;
    }

    /** The clock of the database. */
    DatabaseClock clock() {
        return DatabaseClock.of("SELECT "
                + switch (this) {
                    case H2 ->
                        "DATEDIFF(MILLISECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00:00',"
                                + " CURRENT_TIMESTAMP)";
                    case POSTGRESQL -> "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
                    case MARIADB, MYSQL -> "UNIX_TIMESTAMP() * 1000";
                });
    }

    /** The quote around a name that is not plain. */
    String quote() {
        return this == MARIADB || this == MYSQL ? "`" : "\"";
    }

    /**
     * A column whose texts are compared character by character, whatever the collation of the column is: PostgreSQL's
     * default one is that of a language, and a table that was made by other statements than ours may have it.
     */
    String inOrderOfCharacters(String column) {
        return this == POSTGRESQL ? column + " COLLATE \"C\"" : column;
    }

    /** Returns the way to count in this database. */
    Counting counting(Sql sql, Namespace namespace) {
        // Two transactions that look for the same missing row and lock the gap would deadlock when they insert it.
        Counting inTransaction = new InTransaction(sql, namespace, bound, locksGaps);
        return oneStatement ? new InOneStatement(sql, namespace, inTransaction) : inTransaction;
    }
}
