package dev.ratelimit.core.internal.cells;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations that give units back to the keys of a table: refunds, resets and cancelled reservations.
 *
 * <p><b>Sums.</b> The position shows how much was taken since a reservation was made, apart from units given back
 * meanwhile. This class sums those up in units, in a count-min sketch (Cormode and Muthukrishnan, 2005): each key adds
 * to four of many sums, and the sum that grew least is an upper bound for the key. Units of other keys in the same sums
 * make a cancellation give back less, never more, and only if all four sums have grown since. If the latest reservation
 * is cancelled, it leaves no trace, neither in the position nor in the sums. The sums are created with the first
 * reservation, because nothing reads them before.
 *
 * <p>A sum wraps after 512 times the range of a position (2<sup>55</sup> units, 417 days of a slow rate) is given back
 * within the life of one reservation ({@link Receipt}).
 *
 * <p><b>Order.</b> A charge reads the sums before the cell. An operation that gives back reads the cell, then adds to
 * the sums, and then exchanges the cell. So the sums contain everything given back after a charge in addition to the
 * values in its receipt. The lock of the key's stripe prevents two such operations on one key at once. Otherwise the
 * position could go down and up again, and an exchange could succeed as if nothing had changed.
 *
 * <p>Thread-safe. Calls that take permits do not wait for calls that give permits back, unless the key is new.
 */
final class Refunds {

    /** The number of sums to which a key adds. */
    static final int ROWS = 4;

    private static final int FEWEST_SUMS = 1 << 10;
    private static final int MAX_SUMS = 1 << 18;

    private volatile @Nullable AtomicLongArray sums;

    private final Places places;
    private final Sweeper upkeep;
    private final RateNumbers numbers;
    private final Stripes stripes;
    private final RateChanges changes;
    private final LongUnaryOperator enter;

    /** Created once, because compositions refund while they decide, and deciding must allocate nothing. */
    private final Change refund = (fingerprint, cost, cell, debt) -> {
        add(fingerprint, cost);
        return cost;
    };

    /**
     * Creates the refunds of a table.
     *
     * @param enter returns the instant to decide at for a reading of the clock
     */
    Refunds(
            Places places,
            RateNumbers numbers,
            Sweeper upkeep,
            Stripes stripes,
            RateChanges changes,
            LongUnaryOperator enter) {
        this.places = places;
        this.numbers = numbers;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.changes = changes;
        this.enter = enter;
    }

    /** Records the units given back to a key, before it is charged. */
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
            // One sum for every four to eight places: 2 to 3 bytes for each key.
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

    /** Returns an upper bound of the units that were given back to a key since it was charged. */
    private long givenBackSince(long fingerprint, Receipt receipt) {
        AtomicLongArray known = sums;
        long least = Long.MAX_VALUE;
        for (int row = 0; known != null && row < ROWS; row++) {
            long grown = receipt.givenBackSince(row, known.get(index(fingerprint, row, known)));
            least = Math.min(least, grown < 0 ? Long.MAX_VALUE : grown);
        }
        return least;
    }

    /** The start and the stride come from independent bits. The stride is odd, so that all four sums differ. */
    private static int index(long fingerprint, int row, AtomicLongArray sums) {
        int stride = (int) (fingerprint >>> 32) | 1;
        return ((int) fingerprint + row * stride) & (sums.length() - 1);
    }

    // While a rate is being replaced, these are done as if it were still in force.

    /** Decreases the debt of a key by a cost, down to that of a new key. */
    void refund(long fingerprint, Gcra rate, long cost, long clock) {
        if (!forgive(fingerprint, rate, cost, clock, refund)) {
            meanwhile(fingerprint, rate, clock, again -> forgive(fingerprint, again, cost, clock, refund));
        }
    }

    /**
     * Gives back all units of a reservation if no units were taken since. Otherwise gives back a number of units less
     * those taken since, as far as the refill has not already made them up.
     */
    void cancel(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        if (!isCancelled(fingerprint, rate, receipt, atMost, clock)) {
            meanwhile(fingerprint, rate, clock, again -> isCancelled(fingerprint, again, receipt, atMost, clock));
        }
    }

    /** Ends the debt of a key. Earlier reservations can no longer give anything back. */
    void reset(long fingerprint, Gcra rate, long clock) {
        if (!end(fingerprint, rate, clock)) {
            meanwhile(fingerprint, rate, clock, again -> end(fingerprint, again, clock));
        }
    }

    private void meanwhile(long fingerprint, Gcra rate, long clock, Consumer<Gcra> done) {
        changes.meanwhile(
                rate,
                again -> {
                    done.accept(again);
                    return 0;
                },
                latest -> convert(fingerprint, latest, clock));
    }

    // These return whether they were done. They do nothing at a rate that is no longer in force.

    private boolean isCancelled(long fingerprint, Gcra rate, Receipt receipt, long atMost, long clock) {
        // After a conversion of the debt, nothing is given back.
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

    /** Ends the debt of a key, as {@link #reset} does. */
    boolean end(long fingerprint, Gcra rate, long clock) {
        return forgive(fingerprint, rate, 0, clock, (key, none, cell, debt) -> Long.MAX_VALUE);
    }

    /** Reduces the debt of a key to at most a limit. */
    boolean limit(long fingerprint, Gcra rate, long limit, long clock) {
        return forgive(fingerprint, rate, limit, clock, (key, most, cell, debt) -> Math.max(0, debt - most));
    }

    /** Converts the debt of a key to a rate. A rate that was replaced needs nothing: its change converts the cell. */
    boolean convert(long fingerprint, Gcra rate, long clock) {
        return forgive(fingerprint, rate, 0, clock, (key, none, cell, debt) -> 0);
    }

    private interface Change {
        /**
         * Returns the part of a key's debt to give back, in the rate's units. The cell may be in any units; the debt is
         * in the rate's units.
         */
        long forgiven(long fingerprint, long amount, long cell, long debt);
    }

    private boolean forgive(long fingerprint, Gcra rate, long amount, long clock, Change change) {
        int failed = 0;
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
            failed = Attempts.pause(failed);
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
        // A position below the clock is kept and not freed, because the clock may go back by two intervals.
        long lowered =
                debt - Math.min(forgiven, debt + rate.reading(2 * rate.units().sweepNanos()));
        // A key cannot get more permits than a new key. But a key that has more keeps them, because a refund never
        // takes permits.
        long start = rate.startDebt(now);
        long left = start == 0 ? lowered : Math.min(debt, Math.max(start, lowered));
        long after = rate.cell(rate.reading(now), left, before);
        return places.exchange(place, before, after);
    }
}
