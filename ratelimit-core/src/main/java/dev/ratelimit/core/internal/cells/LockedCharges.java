package dev.ratelimit.core.internal.cells;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Charges that give a number to a cell, because the key is new, or has another rate now, or its cell has no number
 * after the key was out of debt. They hold the lock of the key's stripe, which {@link RateChanges} requires.
 *
 * <p><b>Eviction.</b> A new key takes a place whose key is out of debt ({@link EvictionChoice}). If all sixteen keys
 * are in debt, then under {@code EVICT} the key with the least debt is forgotten, and counted. So a key is never
 * forgotten if another of the sixteen has less debt, and a flood of new keys, which have little debt, displaces itself
 * first.
 *
 * <p><b>Change of owner.</b> The thread replaces the cell of the place by a mark, writes the new fingerprint, and then
 * writes the new cell. A thread that meets the mark reads again. A fingerprint is inserted only under the lock of its
 * stripe, after a check that no other thread has inserted it. So two threads with the same new key end up with one
 * cell.
 *
 * <p>Thread-safe. The listener is not called while the lock is held: the outcome is marked if a key was forgotten, and
 * {@link #told} calls the listener later.
 */
final class LockedCharges {

    /** The mark of an outcome that says that a key in debt was forgotten. */
    private static final long EVICTED = 4;

    private final Charges charges;
    private final Places places;
    private final EvictionChoice vacancies;
    private final Sweeper upkeep;
    private final Stripes stripes;
    private final LongAdder evictedInDebt = new LongAdder();
    private final Runnable onEviction;

    /** Creates the locked charges of a charges. */
    LockedCharges(
            Charges charges,
            Places places,
            EvictionChoice vacancies,
            Sweeper upkeep,
            Stripes stripes,
            Runnable onEviction) {
        this.charges = charges;
        this.places = places;
        this.vacancies = vacancies;
        this.upkeep = upkeep;
        this.stripes = stripes;
        this.onEviction = onEviction;
    }

    /** Returns how often a key in debt was forgotten for a new key. */
    long evictedInDebt() {
        return evictedInDebt.sum();
    }

    /** Counts the forgotten key and calls the listener, if the outcome has the mark; returns the outcome without it. */
    long told(long outcome) {
        if ((outcome & EVICTED) == 0) {
            return outcome;
        }
        evictedInDebt.increment();
        onEviction.run();
        return outcome - EVICTED;
    }

    /**
     * Increases the debt of a key, as {@link Charges#takeAnywhere} does; returns {@link Charges#LOOK_AGAIN} if
     * another thread changed the key meanwhile, or the rate is no longer in force.
     *
     * @param place the key's place, or none if it was not found
     * @param number the number of the key's stripe, which was read before the search for the key
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
        // Outside the lock, because it may sweep.
        long now = charges.enter(clock);
        long from = charges.anchor();
        if (place == Places.NONE && rate.isStarting(now)) {
            long since = rate.reading(now) - Gcra.allowedFrom(rate.started(Cell.FREE, now), cost, limit);
            if (since < 0) {
                // Refuse without a place, unless another thread has inserted the key meanwhile.
                return stripes.read(fingerprint) == number && rate.isInForce() ? since : Charges.LOOK_AGAIN;
            }
        }
        if (!stripes.tryLock(fingerprint, number)) {
            return Charges.LOOK_AGAIN;
        }
        try {
            if (!rate.isInForce()) {
                return Charges.LOOK_AGAIN;
            }
            return place == Places.NONE
                    ? insert(fingerprint, rate, cost, now, from, receipt)
                    : takeOver(place, fingerprint, rate, cost, limit, now, from, receipt);
        } finally {
            stripes.unlock(fingerprint, number);
        }
    }

    /** Charges a known key, and converts its cell to the rate if needed. */
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
        if (!places.isOwned(place, before, fingerprint) || charges.anchor() != from) {
            return Charges.LOOK_AGAIN;
        }
        if (Cell.number(before) == rate.number()) {
            return charges.takeAt(place, fingerprint, rate, cost, limit, now, receipt);
        }
        if (Cell.number(before) != Cell.FREE) {
            // Also for a request that is refused, so that the budget refills at its new rate from now on.
            places.exchange(place, before, upkeep.inUnitsOf(rate, before, now));
            return Charges.LOOK_AGAIN;
        }
        long neverSeen = rate.started(before, now);
        long reading = rate.reading(now);
        long since = reading - Gcra.allowedFrom(neverSeen, cost, limit);
        if (since < 0 && Cell.number(neverSeen) != Cell.FREE) {
            return places.cell(place) == before ? since : Charges.LOOK_AGAIN;
        }
        long after = rate.charged(neverSeen, reading, cost);
        if (!places.exchange(place, before, after)) {
            return Charges.LOOK_AGAIN;
        }
        return written(receipt, rate, after, reading, cost, now);
    }

    private long insert(long fingerprint, Gcra rate, long cost, long now, long from, @Nullable Receipt receipt) {
        while (true) {
            int place = vacancies.placeFor(fingerprint, rate, now);
            long before = place == Places.NONE ? Cell.HAND_OVER : places.cell(place);
            if (Cell.number(before) == Cell.HAND_OVER) {
                // Never parks, because other threads spin for the lock that this one holds.
                Thread.onSpinWait();
                continue;
            }
            if (charges.anchor() != from) {
                return Charges.LOOK_AGAIN;
            }
            boolean inDebt = vacancies.isInDebt(before, rate, now);
            if (inDebt && !charges.evicts()) {
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
