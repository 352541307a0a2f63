package dev.ratelimit.quota.jdbc;

import java.util.Collections;

/** The statements, as all databases understand them. Values are parameters; only the checked name of the table is text. */
final class Sql {

    /** Longer lists of parameters are sent as several statements. */
    static final int MAX_LIST = 32;

    private final String table;
    private final String operations;
    private final String index;
    private final String ordered;

    Sql(TableName name, Dialect dialect) {
        this.table = name.text(dialect, "");
        this.operations = name.text(dialect, "_operation");
        this.index = name.withoutSchema(dialect, "_expires");
        this.ordered = dialect.inOrderOfCharacters("counter");
    }

    /** The index of counters by the end of their time, which is made in the schema of its table. */
    String index() {
        return index;
    }

    /** The table of counters. */
    String table() {
        return table;
    }

    /** The table of operations that came with an id. */
    String operations() {
        return operations;
    }

    /** So many counters, held until the transaction ends; in the order of their names, so that transactions meet in one order. */
    String hold(int counters) {
        return read(counters) + " ORDER BY counter FOR UPDATE";
    }

    /** So many counters as they are. */
    String read(int counters) {
        return "SELECT counter, used, expires FROM " + table + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /** What became of so many operations; a look into the index for each, which a list of tuples is not everywhere. */
    String remembered(int count) {
        String one = "SELECT counter, holder, sequence, granted, used FROM " + operations
                + " WHERE counter = ? AND holder = ? AND sequence = ?";
        return String.join(" UNION ALL ", Collections.nCopies(count, one));
    }

    /** Writes a counter, if it still shows what it did. */
    String change() {
        return "UPDATE " + table + " SET used = ?, expires = ? WHERE counter = ? AND used = ?";
    }

    /** Writes a counter that had no row. */
    String insert() {
        return "INSERT INTO " + table + " (counter, used, expires) VALUES (?, ?, ?)";
    }

    /** Remembers an operation. */
    String keep() {
        return "INSERT INTO " + operations + " (counter, holder, sequence, granted, used) VALUES (?, ?, ?, ?, ?)";
    }

    /** Some counters that may be forgotten and that nobody holds. */
    String expired(int most) {
        return "SELECT counter FROM " + table + " WHERE expires < ? ORDER BY expires LIMIT " + most
                + " FOR UPDATE SKIP LOCKED";
    }

    /** Some counters whose names lie between two, in the order of their names. */
    String page(int most) {
        return "SELECT counter, used, expires FROM " + table + " WHERE " + ordered + " > ? AND " + ordered
                + " < ? ORDER BY " + ordered + " LIMIT " + most;
    }

    /** Forgets the operations of so many counters. */
    String forgetOperations(int counters) {
        return "DELETE FROM " + operations + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /** Forgets so many counters. */
    String forgetCounters(int counters) {
        return "DELETE FROM " + table + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /** How many parameters a statement has for so many values: few sizes, so that few statements are prepared. */
    static int padded(int values) {
        return values <= 1 ? 1 : Integer.highestOneBit(values - 1) << 1;
    }

    private static String parameters(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
