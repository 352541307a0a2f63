package dev.ratelimit.core.internal.cells;

/**
 * The blackouts of all keys: until when a key is refused, whatever its budget.
 *
 * <p>A blackout is a cell of its own whose position is the instant at which it ends. When a place is sought for a new key,
 * it counts as more than any debt, so that it is not forgotten while any other key could be. Thread-safe.
 */
public final class Blackouts {

    /** Tells the cell of a blackout from those of rates: no index of a rate. */
    private static final long SALT = 0xD1B5_4A32_D192_ED03L;

    private final CellTable table;
    private final Gcra gcra;

    Blackouts(CellTable table, Gcra gcra) {
        this.table = table;
        this.gcra = gcra;
    }

    /** Begins a blackout, if the key is in none. */
    public void begin(long key, long nanos, long clock) {
        long cost = gcra.cost(nanos);
        // A debt is made only where there is none, so that a blackout is not prolonged.
        table.take(cellOf(key), gcra, cost, cost, clock);
    }

    /** The nanoseconds until the key's blackout ends; zero if it is in none. */
    public long remaining(long key, long clock) {
        long debt = table.debt(cellOf(key), gcra, clock);
        return debt == Outcome.SATURATED ? 0 : gcra.nanos(debt);
    }

    /** Ends the blackout of a key. */
    public void end(long key) {
        table.forgive(cellOf(key), gcra, table.clock(), cell -> Long.MAX_VALUE);
    }

    private static long cellOf(long key) {
        long mixed = (key ^ SALT) * 0xBF58_476D_1CE4_E5B9L;
        return CellTable.fingerprint(mixed ^ (mixed >>> 32));
    }
}
