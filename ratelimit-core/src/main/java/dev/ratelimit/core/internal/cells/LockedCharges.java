package dev.ratelimit.core.internal.cells;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Charges that give a number to a cell: of keys that are new, or have another rate now, or whose cell has no number
 * because they were found out of debt. They hold the lock of the key's stripe, as {@link RateChanges} needs it.
 *
 * <p><b>Which key goes.</b> A new key takes a place whose key is out of debt ({@link EvictionChoice}). If all sixteen are in
 * debt, then under {@code EVICT} the one with the least debt is forgotten, and counted. So a key that owes
 * more than the least indebted of sixteen is never forgotten, and a flood of new keys, which owe little, forgets itself
 * first.
 *
 * <p><b>How a place changes hands.</b> By exchanging its cell for a mark that is no cell, writing the new fingerprint,
 * then writing the new cell. A thread that meets the mark looks again. A fingerprint is only ever inserted under the lock of
 * its stripe, after a look whether another thread has: two threads with the same new key end in one cell.
 *
 * <p>Thread-safe. Nothing is told to anybody while the lock is held: an outcome is marked if a key was forgotten, until it is
 * {@link #told}.
 */
final class LockedCharges {

    /** A mark on an outcome: a key in debt was forgotten. */
    private static final long EVICTED = 4;

    private final CellTable table;
    private final Places places;
    private final EvictionChoice vacancies;
    private final Sweeper upkeep;
    private final Stripes stripes;
    private final LongAdder evictedInDebt = new LongAdder();
    private final Runnable onEviction;

    /** Creates the counterpart of a table. */
    LockedCharges(
            CellTable table,
            Places places,
            EvictionChoice vacancies,
            Sweeper upkeep,
            Stripes stripes,
            Runnable onEviction) {
        this.table = table;
        this.places = places;
        this.vacancies = vacancies;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.onEviction = onEviction;
    }

    /** How often a key in debt was forgotten for a new one. */
    long evictedInDebt() {
        return evictedInDebt.sum();
    }

    /** Counts and tells of the key that was forgotten, if the outcome says so; returns the outcome without that. */
    long told(long outcome) {
        if ((outcome & EVICTED) == 0) {
            return outcome;
        }
        evictedInDebt.increment();
        onEviction.run();
        return outcome - EVICTED;
    }

    /**
     * Makes the debt of a key larger, as {@link CellTable#takeAnywhere} does; returns {@link CellTable#LOOK_AGAIN} if
     * another thread came between, or the rate is not in force any more.
     *
     * @param place the key's place, or none if it was not found
     * @param number the number of the key's stripe, which was read before the key was looked for
     * @return the outcome, marked if a key was forgotten
     */
    long take(
            int place,
            long fingerprint,
            Gcra rate,
            long cost,
            long limit,
            long clock,
            long number,
            @Nullable Receipt receipt) {
        // Not under the lock: it may sweep.
        long now = table.enter(clock);
        long from = table.anchor();
        if (place == Places.NONE && rate.isStarting(now)) {
            long since = rate.reading(now) - Gcra.allowedFrom(rate.started(Cell.FREE, now), cost, limit);
            if (since < 0) {
                // Refused without a place, unless another thread has inserted the key meanwhile.
                return stripes.read(fingerprint) == number && rate.isInForce() ? since : CellTable.LOOK_AGAIN;
            }
        }
        if (!stripes.tryLock(fingerprint, number)) {
            return CellTable.LOOK_AGAIN;
        }
        try {
            if (!rate.isInForce()) {
                return CellTable.LOOK_AGAIN;
            }
            return place == Places.NONE
                    ? insert(fingerprint, rate, cost, now, from, receipt)
                    : takeOver(place, fingerprint, rate, cost, limit, now, from, receipt);
        } finally {
            stripes.unlock(fingerprint, number);
        }
    }

    /** Charges a known key, or makes its cell one of the rate. */
    private long takeOver(
            int place,
            long fingerprint,
            Gcra rate,
            long cost,
            long limit,
            long now,
            long from,
            @Nullable Receipt receipt) {
        long before = places.cell(place);
        if (!places.isOwned(place, before, fingerprint) || table.anchor() != from) {
            return CellTable.LOOK_AGAIN;
        }
        if (Cell.number(before) == rate.number()) {
            return table.takeAt(place, fingerprint, rate, cost, limit, now, receipt);
        }
        if (Cell.number(before) != Cell.FREE) {
            // Also for a request that will be refused, so that the budget refills at its new rate from now on.
            places.exchange(place, before, upkeep.inUnitsOf(rate, before, now));
            return CellTable.LOOK_AGAIN;
        }
        long neverSeen = rate.started(before, now);
        long reading = rate.reading(now);
        long since = reading - Gcra.allowedFrom(neverSeen, cost, limit);
        if (since < 0 && Cell.number(neverSeen) != Cell.FREE) {
            return places.cell(place) == before ? since : CellTable.LOOK_AGAIN;
        }
        long after = rate.charged(neverSeen, reading, cost);
        if (!places.exchange(place, before, after)) {
            return CellTable.LOOK_AGAIN;
        }
        return written(receipt, rate, after, reading, cost, now);
    }

    private long insert(long fingerprint, Gcra rate, long cost, long now, long from, @Nullable Receipt receipt) {
        while (true) {
            int place = vacancies.placeFor(fingerprint, rate, now);
            long before = place == Places.NONE ? Cell.HAND_OVER : places.cell(place);
            if (Cell.number(before) == Cell.HAND_OVER) {
                Thread.onSpinWait();
                continue;
            }
            if (table.anchor() != from) {
                return CellTable.LOOK_AGAIN;
            }
            boolean inDebt = vacancies.isInDebt(before, rate, now);
            if (inDebt && !table.evicts()) {
                return Outcome.SATURATED;
            }
            if (!places.exchange(place, before, Cell.handedOver(before))) {
                continue;
            }
            long reading = rate.reading(now);
            long after = rate.charged(rate.started(Cell.nextOwner(before), now), reading, cost);
            places.handOver(place, fingerprint, after);
            long outcome = written(receipt, rate, after, reading, cost, now);
            return inDebt ? outcome | EVICTED : outcome;
        }
    }

    private static long written(@Nullable Receipt receipt, Gcra rate, long after, long reading, long cost, long now) {
        long outcome = Gcra.distance(after, reading);
        if (receipt != null) {
            receipt.write(after, cost, now + rate.nanos(outcome), rate.scale());
        }
        return outcome;
    }
}
