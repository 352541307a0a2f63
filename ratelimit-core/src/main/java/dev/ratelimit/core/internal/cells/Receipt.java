package dev.ratelimit.core.internal.cells;

/** What a charge has done to a cell: needed to give the permits back if nobody has used them. */
public final class Receipt {

    private long cell;
    private long added;

    /** Creates an empty receipt. */
    public Receipt() {}

    /** Notes the cell after the charge, and the debt that it added: the permits, and waiting for other rates. */
    void write(long cell, long added) {
        this.cell = cell;
        this.added = added;
    }

    /**
     * What may be given back to a cell: all that was added if nothing was taken since; otherwise the permits less those
     * taken since; nothing if the cell is another owner's by now, was reset, or has another rate.
     */
    long forgiven(long now, long cost) {
        if (((now ^ cell) & ~Cell.POSITION) != 0) {
            return 0;
        }
        long since = Gcra.distance(now, cell & Cell.POSITION);
        return since <= 0 ? added : Math.max(0, cost - since);
    }
}
