package dev.ratelimit.core.internal.cells;

/** What a charge has done to a cell: needed to give the permits back if nobody has used them ({@link GiveBacks}). */
public final class Receipt {

    private long givenBack;
    private long cell;
    private long added;

    /** Creates an empty receipt. */
    public Receipt() {}

    /** Notes what was given back to the key before it is charged. */
    void begin(long givenBack) {
        this.givenBack = givenBack;
    }

    /** Notes the cell after the charge, and the debt that it added: the permits, and waiting for other rates. */
    void write(long cell, long added) {
        this.cell = cell;
        this.added = added;
    }

    /** The debt that the charge added, in units of the rate. */
    long added() {
        return added;
    }

    /**
     * What was taken since the charge: zero if it is the latest that stands; the most there is if the cell is another owner's
     * by now, was reset, has another rate, or is behind the charge.
     *
     * @param now the cell
     * @param givenBack what was given back to the key up to now
     */
    long takenSince(long now, long givenBack) {
        if (((now ^ cell) & ~Cell.POSITION) != 0) {
            return Long.MAX_VALUE;
        }
        long since = Gcra.distance(now, cell & Cell.POSITION) + (givenBack - this.givenBack);
        return since < 0 ? Long.MAX_VALUE : since;
    }
}
