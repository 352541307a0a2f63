package dev.ratelimit.core.internal.cells;

/**
 * The layout of the one word that is the state of a key.
 *
 * <pre>
 *   63                                             8 7   6 5      0
 *  +------------------------------------------------+-----+--------+
 *  | position, in units of the rate, modulo 2^56    | ver | number |
 *  +------------------------------------------------+-----+--------+
 * </pre>
 *
 * <p>The <i>position</i> is the reading of the rate's clock at which the key is out of debt. The <i>number</i> says in
 * the units of which rate the position counts, or that there is no position: {@link #FREE} is a key out of debt,
 * {@link #HAND_OVER} a place between two owners. The <i>version</i> increases by one with each owner of a place. It is
 * needed because two keys that took their permits in the same instant have the same position: without it, a thread that
 * still has the old owner's cell could take permits from the new owner. It counts four owners. To miss a change, a
 * thread would have to be paused between its read and its exchange for four owners, and find exactly the same position.
 */
final class Cell {

    /** The number of bits below the position. */
    static final int SHIFT = 8;

    /** The bits of the position. */
    static final long POSITION = -1L << SHIFT;

    /** The bits of the version. */
    static final long VERSION = 0xC0;

    private static final long NUMBER = 0x3F;
    private static final long NEXT_VERSION = 0x40;

    /** The number of a key out of debt. A word of zeros is such a key. */
    static final long FREE = 0;

    /** The numbers of rates, from the first to the last. */
    static final int FIRST_RATE = 1;

    static final int LAST_RATE = 61;

    /** The number of a blackout: a position in nanoseconds, until which the key is refused. */
    static final int BLACKOUT = 62;

    /** The number of a place between two owners. */
    static final long HAND_OVER = NUMBER;

    private Cell() {}

    static long number(long cell) {
        return cell & NUMBER;
    }

    /** Returns whether a cell has a position, of a rate or of a blackout. */
    static boolean hasPosition(long cell) {
        long number = number(cell);
        return number != FREE && number != HAND_OVER;
    }

    /** Returns the cell of a key out of debt, in a place of the same owner. */
    static long freed(long cell) {
        return cell & VERSION;
    }

    /** Returns the cell of a place between two owners. */
    static long handedOver(long cell) {
        return (cell & VERSION) | HAND_OVER;
    }

    /** Returns the cell of a key out of debt that is the next owner of a place. */
    static long nextOwner(long cell) {
        return (cell + NEXT_VERSION) & VERSION;
    }
}
