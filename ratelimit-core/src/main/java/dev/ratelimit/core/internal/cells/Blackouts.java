package dev.ratelimit.core.internal.cells;

import org.jspecify.annotations.Nullable;

/**
 * The blackouts of all keys, all of one length: until when a key is refused, whatever its budget.
 *
 * <p>A blackout is a cell of its own whose position is the instant at which it ends. When a place is sought for a new key,
 * it counts as more than any debt, so that it is not forgotten while any other key could be.
 *
 * <p><b>Of another length.</b> All blackouts of a table share their cells, whatever their lengths. A cell does not tell when
 * its blackout began, so one that is shorter now ends at most its length after the change: when policies are replaced, all
 * at once; otherwise when the key is first asked for. One that is longer now does not prolong what has begun. A blackout
 * begins under the lock of a stripe, and not any more once it has been replaced.
 *
 * <p>Thread-safe.
 */
public final class Blackouts {

    /** Tells the cell of a blackout from those of rates: no index of a rate. */
    private static final long SALT = 0xD1B5_4A32_D192_ED03L;

    private final CellTable table;
    private final Gcra gcra;
    private final long length;

    Blackouts(CellTable table, Gcra gcra, long nanos) {
        this.table = table;
        this.gcra = gcra;
        this.length = gcra.cost(nanos);
    }

    /** Begins a blackout, if the key is in none. */
    public void begin(long key, long clock) {
        // A debt is made only where there is none, so that a blackout is not prolonged.
        table.begin(cellOf(key), gcra, length, clock);
    }

    /**
     * Has a key be in a blackout for at least so many nanoseconds, of those that blackouts may last, from a reading on.
     */
    public void extend(long key, long nanos, long clock) {
        table.raise(cellOf(key), gcra, gcra.cost(nanos), clock);
    }

    /** The nanoseconds until no key is in a blackout; zero if none is. Looks at all cells. */
    public long nanosUntilNone(long clock) {
        return table.nanosUntilNone(gcra, clock);
    }

    /** The nanoseconds until the key's blackout ends; zero if it is in none. */
    public long remaining(long key, long clock) {
        long debt = table.debt(cellOf(key), gcra, clock);
        if (debt == Outcome.SATURATED) {
            return 0;
        }
        if (debt > length) {
            // By a reading of after the look, so that one that has just begun is not shortened by a thread that stood
            // still.
            table.giveBacks().limit(cellOf(key), gcra, length, table.clock());
        }
        return gcra.nanos(Math.min(debt, length));
    }

    /** Ends the blackout of a key. */
    public void end(long key) {
        table.giveBacks().reset(cellOf(key), gcra, table.clock());
    }

    /** Begins no more blackouts, and lets others, or none, take the place of those that have begun. */
    void giveWayTo(@Nullable Blackouts other) {
        gcra.release();
        long left = other == null ? 0 : other.length;
        if (left < length) {
            table.shortenBlackouts(gcra.nanos(left));
        }
    }

    /** The cell of a key's blackout. */
    static long cellOf(long key) {
        long mixed = (key ^ SALT) * 0xBF58_476D_1CE4_E5B9L;
        return CellTable.fingerprint(mixed ^ (mixed >>> 32));
    }
}
