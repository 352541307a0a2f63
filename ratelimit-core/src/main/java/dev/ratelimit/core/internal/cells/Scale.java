package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;

/**
 * The meaning of a number in cells: the units of a rate at an index of its policy, from the assignment of the number
 * until it is given up.
 *
 * <p>If the same units get a number again later, that is another scale. So the identity of a scale tells whether a cell
 * has been in its units all the time.
 *
 * <p>Claims are counted under the lock of {@link RateChanges}.
 */
final class Scale {

    private final Units units;
    private final int number;
    private final int index;
    private final Gcra gcra;
    private int claims;

    Scale(Rate rate, Units units, int number, int index) {
        this.units = units;
        this.number = number;
        this.index = index;
        this.gcra = new Gcra(rate, units, 0, this);
    }

    int number() {
        return number;
    }

    int index() {
        return index;
    }

    /** Returns the arithmetic of cells with the number; one object for each scale. */
    Gcra gcra() {
        return gcra;
    }

    boolean isFor(Units units, int index) {
        return this.index == index
                && this.units.perPermit() == units.perPermit()
                && this.units.perNano() == units.perNano();
    }

    boolean isClaimed() {
        return claims > 0;
    }

    /**
     * Returns the arithmetic for a user that may write cells with the number until it {@linkplain #release releases}
     * the claim.
     */
    Gcra claim(Rate rate, Units units, long maxDelay, long built) {
        Gcra claimed = new Gcra(rate, units, maxDelay, this).builtAt(built);
        claims++;
        return claimed;
    }

    void release(Gcra claimed) {
        if (claimed.isInForce()) {
            claimed.release();
            claims--;
        }
    }

    double timesAsFastAs(Scale other) {
        return speed() / other.speed();
    }

    private double speed() {
        return (double) units.perNano() / units.perPermit();
    }
}
