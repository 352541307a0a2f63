package dev.ratelimit.core.internal.cells;

import org.jspecify.annotations.Nullable;

/**
 * The blackouts of all keys, all of one length. A key in a blackout is refused, whatever its budget.
 *
 * <p>A blackout is a separate cell whose position is the instant at which it ends. When a new key needs a place, a
 * blackout counts as more than any debt, so that it is forgotten last.
 *
 * <p><b>Change of length.</b> All blackouts of a table share their cells, whatever their lengths. A cell does not
 * contain when its blackout began. So after a change to a shorter length, a blackout ends at most this length after the
 * change. If policies are replaced, all blackouts are shortened at once; otherwise each is shortened on the next
 * request of its key. A change to a longer length does not prolong current blackouts. A blackout begins under the lock
 * of a stripe, and only while it has not been replaced.
 *
 * <p>Thread-safe.
 */
public final class Blackouts {

    private final CellTable table;
    private final Charges charges;
    private final Gcra gcra;
    private final long length;

    Blackouts(CellTable table, Charges charges, Gcra gcra, long nanos) {
        this.table = table;
        this.charges = charges;
        this.gcra = gcra;
        this.length = gcra.cost(nanos);
    }

    /** Begins a blackout, unless the key is already in one. */
    public void begin(long key, long clock) {
        // Only a key without a debt gets one, so that a blackout is not prolonged.
        charges.begin(Fingerprints.ofBlackout(key), gcra, length, clock);
    }

    /**
     * Puts a key in a blackout for at least {@code nanos} nanoseconds from a reading on, up to the longest blackout.
     */
    public void extend(long key, long nanos, long clock) {
        charges.raise(Fingerprints.ofBlackout(key), gcra, gcra.cost(nanos), clock);
    }

    /** The nanoseconds until no key is in a blackout; zero if none is. Looks at all cells. */
    public long nanosUntilNone(long clock) {
        return table.nanosUntilNone(gcra, clock);
    }

    /** Returns the nanoseconds until the key's blackout ends; zero if it is in none. */
    public long remaining(long key, long clock) {
        long debt = charges.debt(Fingerprints.ofBlackout(key), gcra, clock);
        if (debt == Outcome.SATURATED) {
            return 0;
        }
        if (debt > length) {
            // Reads the clock after the cell, so that a thread that was paused does not shorten a blackout that has
            // just begun.
            charges.giveBacks().limit(Fingerprints.ofBlackout(key), gcra, length, table.clock());
        }
        return gcra.nanos(Math.min(debt, length));
    }

    /** Ends the blackout of a key. */
    public void end(long key) {
        charges.giveBacks().end(Fingerprints.ofBlackout(key), gcra, table.clock());
    }

    /** Stops beginning blackouts, and replaces the current ones by others, or by none. */
    void giveWayTo(@Nullable Blackouts other) {
        gcra.release();
        long left = other == null ? 0 : other.length;
        if (left < length) {
            table.shortenBlackouts(gcra.nanos(left));
        }
    }
}
