package dev.ratelimit.core.internal.cells;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongUnaryOperator;

/**
 * What is given back to the keys of a table: refunds, resets and cancelled reservations.
 *
 * <p><b>Sums.</b> How much was taken since a reservation was made can be read off the position, but for what was given
 * back meanwhile. That is summed up here, for many keys in one sum: another key's makes a cancellation give back less,
 * never more. A reservation that is undone as the latest leaves no trace, in the position or here.
 *
 * <p><b>Order.</b> Who charges reads the sum before the cell; who gives back adds to the sum after he has read the cell and
 * before he exchanges it. So whatever is given back after a charge is in the sum after the one that the receipt has. The
 * lock of the key's stripe keeps two from giving back to one key at once: the position could go down and up again, and
 * the exchange succeed as if nothing had been.
 *
 * <p>Thread-safe. Those who take permits never wait for those who give some back, unless the key is new.
 */
final class GiveBacks {

    private static final int SUMS = 1024;

    private final AtomicLongArray sums = new AtomicLongArray(SUMS);
    private final Places places;
    private final Upkeep upkeep;
    private final Stripes stripes;
    private final LongUnaryOperator enter;

    /**
     * Creates the counterpart of a table.
     *
     * @param enter gives the instant to decide at for a reading of the clock
     */
    GiveBacks(Places places, Upkeep upkeep, Stripes stripes, LongUnaryOperator enter) {
        this.places = places;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.enter = enter;
    }

    /** What was given back to a key, and some others, up to now. */
    long sum(long fingerprint) {
        return sums.get(index(fingerprint));
    }

    /** Makes the debt of a key smaller by a cost, or none. */
    void refund(long fingerprint, Gcra rate, long cost, long clock) {
        forgive(fingerprint, rate, clock, (cell, debt) -> {
            sums.addAndGet(index(fingerprint), cost);
            return cost;
        });
    }

    /**
     * Gives back all that a reservation added if it is the latest that stands. Otherwise a number of units less those taken
     * since, as far as time has not already forgiven them.
     */
    void cancel(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        forgive(fingerprint, rate, clock, (cell, debt) -> {
            long since = receipt.takenSince(cell, sum(fingerprint));
            if (since == 0) {
                return receipt.added();
            }
            long forgiven = Math.max(0, Math.min(atMost, debt) - since);
            sums.addAndGet(index(fingerprint), forgiven);
            return forgiven;
        });
    }

    /** Ends the debt of a key, and lets nobody who reserved before give anything back. */
    void reset(long fingerprint, Gcra rate, long clock) {
        forgive(fingerprint, rate, clock, (cell, debt) -> Long.MAX_VALUE);
    }

    private interface Change {
        /** The debt that is forgiven, in a rate's units, of a cell in whatever units with a debt in the rate's. */
        long forgiven(long cell, long debt);
    }

    private void forgive(long fingerprint, Gcra rate, long clock, Change change) {
        long number = stripes.lock(fingerprint);
        try {
            while (!forgiven(fingerprint, rate, enter.applyAsLong(clock), change)) {
                Thread.onSpinWait();
            }
        } finally {
            stripes.unlock(fingerprint, number);
        }
    }

    private boolean forgiven(long fingerprint, Gcra rate, long now, Change change) {
        int place = places.find(fingerprint);
        if (place == Places.NONE) {
            return true;
        }
        long before = places.cell(place);
        if (!places.isOwned(place, before, fingerprint)) {
            return false;
        }
        long cell = upkeep.inUnitsOf(rate, before, now);
        long debt = Gcra.debt(cell, rate.reading(now));
        long forgiven = change.forgiven(before, debt);
        if (forgiven == Long.MAX_VALUE) {
            return places.exchange(place, before, Cell.nextOwner(before));
        }
        long after = debt > forgiven ? rate.cell(rate.reading(now), debt - forgiven, before) : Cell.freed(before);
        return forgiven == 0 || places.exchange(place, before, after);
    }

    private static int index(long fingerprint) {
        return (int) (fingerprint >>> 20) & (SUMS - 1);
    }
}
