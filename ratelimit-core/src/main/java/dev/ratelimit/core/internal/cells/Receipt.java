package dev.ratelimit.core.internal.cells;

import org.jspecify.annotations.Nullable;

/**
 * What a charge has done to a cell: needed to give the permits back if nobody has used them ({@link Refunds}).
 *
 * <p>It ends at the instant at which the position that the charge wrote has passed. Then time has forgiven all of it, and what
 * is owed was taken since. So a position is never compared with one that it is too far from to be told apart.
 */
public final class Receipt {

    private static final long MAX_UNITS = 1L << 55;

    private final long[] givenBack = new long[Refunds.ROWS];
    private long cell;
    private long added;
    private long until;
    private @Nullable Scale scale;

    /** Creates an empty receipt. */
    public Receipt() {}

    /** Notes one of the sums of what was given back to the key before it is charged. */
    void begin(int row, long sum) {
        givenBack[row] = sum;
    }

    /**
     * Notes the cell after the charge, and the debt that it added: the permits, and waiting for other rates.
     *
     * @param until the instant at which the cell's position has passed
     * @param scale what the cell's number means
     */
    void write(long cell, long added, long until, Scale scale) {
        this.cell = cell;
        this.added = added;
        this.until = until;
        this.scale = scale;
    }

    /** Whether time has forgiven all that the charge added. */
    boolean hasPassed(long clock) {
        return clock - until >= 0;
    }

    /** Whether the cell's number means what it meant; no other scale ever means the same again. */
    boolean isIn(RateNumbers numbers) {
        return scale != null && numbers.hasNumber(scale);
    }

    /** The debt that the charge added, in units of the rate. */
    long added() {
        return added;
    }

    /** How much a sum has grown since the charge. */
    long givenBackSince(int row, long sum) {
        return sum - givenBack[row];
    }

    /**
     * What was taken since the charge: zero if it is the latest that stands; the most there is if the cell is another owner's
     * by now, was reset, has another rate, or is behind the charge.
     *
     * @param now the cell
     * @param givenBack the units that were given back to the key since
     */
    long takenSince(long now, long givenBack) {
        if (((now ^ cell) & ~Cell.POSITION) != 0 || givenBack >= MAX_UNITS) {
            return Long.MAX_VALUE;
        }
        // Both are less than a position spans; together they may be more, and then below zero.
        long since = Gcra.distance(now, cell & Cell.POSITION) + (givenBack << Cell.SHIFT);
        return since < 0 ? Long.MAX_VALUE : since;
    }
}
