package dev.ratelimit.core.internal.cells;

/** The cell that a charge has written: what is needed to give the permits back if nobody has used them. */
public final class Receipt {

    long cell;

    /** Creates an empty receipt. */
    public Receipt() {}
}
