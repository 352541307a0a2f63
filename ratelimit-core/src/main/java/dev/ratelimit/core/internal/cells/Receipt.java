package dev.ratelimit.core.internal.cells;

import org.jspecify.annotations.Nullable;

/**
 * The record of a charge of a cell, which is needed to cancel the charge ({@link Refunds}).
 *
 * <p>It is valid until the position that the charge wrote has passed. From then on, the refill has made up the whole
 * charge, and any debt was taken later. So two positions are never compared that are too far apart for it.
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

    /** Records one of the sums of units given back to the key, before the charge. */
    void begin(int row, long sum) {
        givenBack[row] = sum;
    }

    /**
     * Records the cell after the charge, and the debt that the charge added: for the permits, and for waiting for other
     * rates.
     *
     * @param until the instant at which the cell's position has passed
     * @param scale the meaning of the cell's number
     */
    void write(long cell, long added, long until, Scale scale) {
        this.cell = cell;
        this.added = added;
        this.until = until;
        this.scale = scale;
    }

    /** Returns whether the refill has made up the whole charge. */
    boolean hasPassed(long clock) {
        return clock - until >= 0;
    }

    /** Returns whether the cell's number still has the same meaning. No other scale ever has the same meaning again. */
    boolean isIn(RateNumbers numbers) {
        return scale != null && numbers.hasNumber(scale);
    }

    /** Returns the debt that the charge added, in units of the rate. */
    long added() {
        return added;
    }

    /** Returns by how much a sum has grown since the charge. */
    long givenBackSince(int row, long sum) {
        return sum - givenBack[row];
    }

    /**
     * Returns the units taken since the charge: zero if this is the latest charge. It is the largest possible number if
     * the cell has another owner by now, was reset, has another rate, or is behind the charge.
     *
     * @param now the cell
     * @param givenBack the units that were given back to the key since
     */
    long takenSince(long now, long givenBack) {
        if (((now ^ cell) & ~Cell.POSITION) != 0 || givenBack >= MAX_UNITS) {
            return Long.MAX_VALUE;
        }
        // Each is less than the range of a position. Their sum may overflow, and is then negative.
        long since = Gcra.distance(now, cell & Cell.POSITION) + (givenBack << Cell.SHIFT);
        return since < 0 ? Long.MAX_VALUE : since;
    }
}
