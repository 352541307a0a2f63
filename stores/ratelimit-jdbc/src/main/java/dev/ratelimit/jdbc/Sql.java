package dev.ratelimit.jdbc;

import java.util.Collections;

/**
 * The statements, as all databases understand them. Values are parameters; only the checked name of the table is text.
 */
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

    /** The index of counters by their expiry, in the schema of its table. */
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

    /**
     * Locks a number of counters until the transaction ends, in the order of their names, so that all transactions lock
     * in one order.
     */
    String hold(int counters) {
        return read(counters) + " ORDER BY counter FOR UPDATE";
    }

    /** Reads a number of counters without locking them. */
    String read(int counters) {
        return "SELECT counter, used, expires FROM " + table + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /**
     * Reads the remembered outcomes of a number of operations. Each is a lookup in the index; a list of tuples would
     * not use the index in every database.
     */
    String remembered(int count) {
        String one = "SELECT counter, holder, sequence, granted, used FROM " + operations
                + " WHERE counter = ? AND holder = ? AND sequence = ?";
        return String.join(" UNION ALL ", Collections.nCopies(count, one));
    }

    /** Updates a counter if its value has not changed. */
    String change() {
        return "UPDATE " + table + " SET used = ?, expires = ? WHERE counter = ? AND used = ?";
    }

    /** Inserts a counter. */
    String insert() {
        return "INSERT INTO " + table + " (counter, used, expires) VALUES (?, ?, ?)";
    }

    /** Remembers an operation. */
    String keep() {
        return "INSERT INTO " + operations + " (counter, holder, sequence, granted, used) VALUES (?, ?, ?, ?, ?)";
    }

    /** Reads some expired counters that no transaction holds. */
    String expired(int most) {
        return "SELECT counter FROM " + table + " WHERE expires < ? ORDER BY expires LIMIT " + most
                + " FOR UPDATE SKIP LOCKED";
    }

    /** Reads some counters whose names lie between two names, in order. */
    String page(int most) {
        return "SELECT counter, used, expires FROM " + table + " WHERE " + ordered + " > ? AND " + ordered
                + " < ? ORDER BY " + ordered + " LIMIT " + most;
    }

    /** Deletes the operations of a number of counters. */
    String forgetOperations(int counters) {
        return "DELETE FROM " + operations + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /** Deletes a number of counters. */
    String forgetCounters(int counters) {
        return "DELETE FROM " + table + " WHERE counter IN (" + parameters(counters) + ")";
    }

    /**
     * Returns the number of parameters for a number of values. There are few sizes, so that few statements are
     * prepared.
     */
    static int padded(int values) {
        return values <= 1 ? 1 : Integer.highestOneBit(values - 1) << 1;
    }

    private static String parameters(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
