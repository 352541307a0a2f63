package dev.ratelimit.core.internal.cells;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is given back to the keys of a table: refunds, resets and cancelled reservations.
 *
 * <p><b>Sums.</b> How much was taken since a reservation was made can be read off the position, but for what was given
 * back meanwhile. That is summed up here, in units, as in a count-min sketch (Cormode and Muthukrishnan, 2005): each key adds
 * to four of many sums, and the one that grew least says what it was given back at most. Other keys' make a cancellation
 * give back less, never more, and only if all four sums have had some since. A reservation that is undone as the latest
 * leaves no trace, in the position or here. Until the first reservation there are no sums: nobody could look at them.
 *
 * <p>A sum wraps after 512 times the most that a position spans (2<sup>55</sup> units, 417 days of a slow rate), given back
 * within the life of one reservation ({@link Receipt}).
 *
 * <p><b>Order.</b> A charge reads the sums before the cell. A give-back adds to the sums after it has read the cell, and
 * before it exchanges it. So whatever is given back after a charge is in the sums after those that the receipt has. The
 * lock of the key's stripe keeps two from giving back to one key at once: the position could go down and up again, and
 * the exchange succeed as if nothing had been.
 *
 * <p>Thread-safe. Those who take permits never wait for those who give some back, unless the key is new.
 */
final class Refunds {

    /** How many sums a key adds to. */
    static final int ROWS = 4;

    private static final int FEWEST_SUMS = 1 << 10;
    private static final int MAX_SUMS = 1 << 18;

    private volatile @Nullable AtomicLongArray sums;

    private final Places places;
    private final Sweeper upkeep;
    private final RateNumbers numbers;
    private final Stripes stripes;
    private final LongUnaryOperator enter;

    /** Made once, because compositions refund while they decide, which is to allocate nothing. */
    private final Change refund = (fingerprint, cost, cell, debt) -> {
        add(fingerprint, cost);
        return cost;
    };

    /**
     * Creates the counterpart of a table.
     *
     * @param enter gives the instant to decide at for a reading of the clock
     */
    Refunds(Places places, RateNumbers numbers, Sweeper upkeep, Stripes stripes, LongUnaryOperator enter) {
        this.places = places;
        this.numbers = numbers;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.enter = enter;
    }

    /** Notes what was given back to a key before it is charged. */
    void begin(long fingerprint, Receipt receipt) {
        AtomicLongArray all = sums;
        AtomicLongArray known = all == null ? create() : all;
        for (int row = 0; row < ROWS; row++) {
            receipt.begin(row, known.get(index(fingerprint, row, known)));
        }
    }

    private synchronized AtomicLongArray create() {
        AtomicLongArray known = sums;
        if (known == null) {
            // A sum for every four to eight places: 2 to 3 bytes a key.
            int wanted = Integer.highestOneBit((places.end() - places.begin()) / Places.STEP) / 4;
            known = new AtomicLongArray(Math.min(MAX_SUMS, Math.max(FEWEST_SUMS, wanted)));
            sums = known;
        }
        return known;
    }

    private void add(long fingerprint, long forgiven) {
        AtomicLongArray known = sums;
        for (int row = 0; known != null && row < ROWS; row++) {
            known.addAndGet(index(fingerprint, row, known), forgiven >>> Cell.SHIFT);
        }
    }

    /** The units that were given back to a key since it was charged, at most. */
    private long givenBackSince(long fingerprint, Receipt receipt) {
        AtomicLongArray known = sums;
        long least = Long.MAX_VALUE;
        for (int row = 0; known != null && row < ROWS; row++) {
            long grown = receipt.givenBackSince(row, known.get(index(fingerprint, row, known)));
            least = Math.min(least, grown < 0 ? Long.MAX_VALUE : grown);
        }
        return least;
    }

    /** Independent bits make a start and a stride, which is odd, so that all four differ. */
    private static int index(long fingerprint, int row, AtomicLongArray sums) {
        int stride = (int) (fingerprint >>> 32) | 1;
        return ((int) fingerprint + row * stride) & (sums.length() - 1);
    }

    // What follows returns whether it was done: not at a rate that is not in force any more.

    /** Makes the debt of a key smaller by a cost, or that of a key never seen. */
    boolean refund(long fingerprint, Gcra rate, long cost, long clock) {
        return forgive(fingerprint, rate, cost, clock, refund);
    }

    /**
     * Gives back all that a reservation added if it is the latest that stands. Otherwise a number of units less those taken
     * since, as far as time has not already forgiven them.
     */
    boolean cancel(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        // Nothing is given back of debts that were converted since.
        if (receipt.hasPassed(clock) || !receipt.isIn(numbers)) {
            return true;
        }
        return forgive(fingerprint, rate, atMost, clock, (key, most, cell, debt) -> {
            if (!receipt.isIn(numbers)) {
                return 0;
            }
            long since = receipt.takenSince(cell, givenBackSince(key, receipt));
            if (since == 0) {
                return receipt.added();
            }
            long forgiven = Math.max(0, Math.min(most, debt) - since);
            add(key, forgiven);
            return forgiven;
        });
    }

    /** Ends the debt of a key, and lets nobody who reserved before give anything back. */
    boolean reset(long fingerprint, Gcra rate, long clock) {
        return forgive(fingerprint, rate, 0, clock, (key, none, cell, debt) -> Long.MAX_VALUE);
    }

    /** Makes the debt of a key no more than a limit. */
    boolean limit(long fingerprint, Gcra rate, long limit, long clock) {
        return forgive(fingerprint, rate, limit, clock, (key, most, cell, debt) -> Math.max(0, debt - most));
    }

    /** Makes the debt of a key one at a rate. */
    boolean convert(long fingerprint, Gcra rate, long clock) {
        return forgive(fingerprint, rate, 0, clock, (key, none, cell, debt) -> 0);
    }

    private interface Change {
        /** The debt of a key that is forgiven, in a rate's units, of a cell in whatever units with a debt in the rate's. */
        long forgiven(long fingerprint, long amount, long cell, long debt);
    }

    private boolean forgive(long fingerprint, Gcra rate, long amount, long clock, Change change) {
        while (rate.isInForce()) {
            // Not under the lock: it may sweep.
            long now = enter.applyAsLong(clock);
            long number = stripes.lock(fingerprint);
            try {
                if (rate.isInForce() && isForgiven(fingerprint, rate, amount, now, change)) {
                    return true;
                }
            } finally {
                stripes.unlock(fingerprint, number);
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private boolean isForgiven(long fingerprint, Gcra rate, long amount, long now, Change change) {
        int place = places.find(fingerprint);
        if (place == Places.NONE) {
            return true;
        }
        long before = places.cell(place);
        if (!places.isOwned(place, before, fingerprint)) {
            return false;
        }
        long cell = upkeep.inUnitsOf(rate, before, now);
        long debt = rate.debtAt(cell, now);
        long forgiven = change.forgiven(fingerprint, amount, before, debt);
        if (forgiven == Long.MAX_VALUE) {
            return places.exchange(place, before, Cell.nextOwner(before));
        }
        if (forgiven == 0 || debt == 0) {
            return cell == before || places.exchange(place, before, cell);
        }
        // A position that is lowered below the clock is kept, and not freed: the clock may go back by two intervals.
        long lowered =
                debt - Math.min(forgiven, debt + rate.reading(2 * rate.units().sweepNanos()));
        // A key cannot have more than one never seen; but one that has more keeps it, and nothing is ever taken here.
        long start = rate.startDebt(now);
        long left = start == 0 ? lowered : Math.min(debt, Math.max(start, lowered));
        long after = rate.cell(rate.reading(now), left, before);
        return places.exchange(place, before, after);
    }
}
