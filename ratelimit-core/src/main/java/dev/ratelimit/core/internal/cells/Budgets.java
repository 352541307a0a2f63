package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys at one rate, on a table that other rates may share.
 *
 * <p>A key is identified by its fingerprint. It has one cell for each rate of its policy. The cell of the first rate
 * has the key's own fingerprint.
 *
 * <p>Calls that were under way when the rate was replaced can still use them ({@link RateChanges}).
 *
 * <p>The caller has checked that permits are from 1 to the capacity, unless a method says otherwise. Methods without
 * the parameter {@code clock} read the clock themselves. Thread-safe.
 */
public final class Budgets {

    private final CellTable table;
    private final Charges charges;
    private final Gcra gcra;
    private final long salt;
    private final long permit;
    private final long full;
    private final long capacity;

    Budgets(CellTable table, Charges charges, Gcra gcra, int index) {
        this.table = table;
        this.charges = charges;
        this.gcra = gcra;
        this.salt = Fingerprints.salt(index);
        this.permit = gcra.cost(1);
        this.full = gcra.full();
        this.capacity = gcra.rate().capacity();
    }

    /** Returns the rate. */
    public Rate rate() {
        return gcra.rate();
    }

    Gcra gcra() {
        return gcra;
    }

    /** Returns whether permits are more than any budget can hold. */
    public boolean exceedsCapacity(long permits) {
        return permits > capacity;
    }

    /** Takes permits if the budget has them at a reading of the clock; returns an {@link Outcome}. */
    public long take(long key, long permits, long clock) {
        return charges.take(cellOf(key), gcra, permits * permit, full, clock);
    }

    /** Takes permits if the budget has them now; returns an {@link Outcome}. */
    public long take(long key, long permits) {
        return take(key, permits, table.clock());
    }

    /**
     * Takes permits if the budget has them at a reading of the clock, and fills a receipt with which the caller can
     * cancel; returns an {@link Outcome}.
     */
    public long take(long key, long permits, long clock, Receipt receipt) {
        return charges.takeAnywhere(cellOf(key), gcra, permits * permit, full, clock, receipt);
    }

    /**
     * Takes permits as of an instant, even if the budget does not have them: any number, as far as a cell can hold the
     * debt. They may have been reserved at another rate with a larger capacity.
     *
     * @param receipt what is to be told what was done, if anything is
     * @return how many whole permits there was room for
     */
    public long charge(long key, long permits, long instant, @Nullable Receipt receipt) {
        long most = gcra.mostDebt();
        long cost = permits <= most / permit ? permits * permit : most;
        long tooMuch = cost;
        while (cost > 0 && tooMuch > 0) {
            long outcome = charges.takeAnywhere(cellOf(key), gcra, cost, most, instant, receipt);
            // A key without a place cannot have a debt.
            tooMuch = outcome == Outcome.SATURATED ? cost : Math.max(0, -outcome);
            cost -= tooMuch;
        }
        return Math.max(0, cost) / permit;
    }

    /** Returns the outcome that {@link #take(long, long, long)} would have; takes nothing. */
    public long look(long key, long permits, long clock) {
        long debt = debt(key, clock);
        if (debt == Outcome.SATURATED) {
            return debt;
        }
        // A debt plus a cost may overflow a word; the capacity minus the cost does not.
        long allowed = full - permits * permit;
        return debt <= allowed ? debt + permits * permit : allowed - debt;
    }

    /** Returns the nanoseconds after which a request that was refused with this outcome would be allowed. */
    public long retryNanos(long outcome) {
        // A key without a place counts as the longest wait, because it depends on the debts of other keys.
        return outcome == Outcome.SATURATED ? Long.MAX_VALUE : gcra.nanos(-outcome);
    }

    /** Gives back any number of permits from 1, up to a full budget. */
    public void refund(long key, long permits) {
        refund(key, permits, table.clock());
    }

    /** Gives back any number of permits from 1, up to a full budget. */
    public void refund(long key, long permits, long clock) {
        charges.giveBacks().refund(cellOf(key), gcra, Math.min(permits, capacity) * permit, clock);
    }

    /** Fills the budget. Earlier reservations can no longer be cancelled. */
    public void reset(long key) {
        charges.giveBacks().reset(cellOf(key), gcra, table.clock());
    }

    /** Cancels a reservation as of now: see {@link #cancel(long, long, Receipt, long)}. */
    public void cancel(long key, long permits, Receipt receipt) {
        cancel(key, permits, receipt, table.clock());
    }

    /**
     * Gives back all reserved permits if none were taken since. Otherwise gives back {@code permits} permits less those
     * taken since.
     *
     * @param permits zero, or the number of permits that were reserved
     */
    public void cancel(long key, long permits, Receipt receipt, long clock) {
        // The units that were taken: the cell may not have had room for the debt of all permits.
        charges.giveBacks().cancel(cellOf(key), gcra, receipt, permits == 0 ? 0 : receipt.added(), clock);
    }

    /** Returns the debt of a key, in units of the rate, or {@link Outcome#SATURATED}. */
    public long debt(long key, long clock) {
        return charges.debt(cellOf(key), gcra, clock);
    }

    /** Returns the debt of a key, in whole units of the rate; a whole capacity if there is no place for the key. */
    public long unitsOwed(long key, long clock) {
        long debt = debt(key, clock);
        return (debt == Outcome.SATURATED ? full : debt) >>> Cell.SHIFT;
    }

    /**
     * Converts the debt of a key to this rate, if the key's cell is still in units of the rate that this one replaced.
     */
    public void adopt(long key, long clock) {
        charges.giveBacks().convert(cellOf(key), gcra, clock);
    }

    /** Returns the units of a permit. */
    public long unitsPerPermit() {
        return gcra.units().perPermit();
    }

    /** Returns the units that the rate's clock emits in a nanosecond. */
    public long unitsPerNano() {
        return gcra.units().perNano();
    }

    /** Returns the whole permits that a budget with this debt has left. */
    public long remaining(long debt) {
        return gcra.remaining(debt);
    }

    /** Returns the snapshot of a budget with this debt. */
    public Snapshot.Budget snapshot(long debt) {
        return new Snapshot.Budget(
                gcra.rate(),
                gcra.remaining(debt),
                debt == 0 ? 0 : (debt - 1) / permit + 1,
                Duration.ofNanos(gcra.nanos(debt)));
    }

    /** Takes permits as {@link #take(long, long)} does, and returns the decision. */
    public Decision decide(long key, long permits) {
        long clock = table.clock();
        return decision(key, take(key, permits, clock), permits, clock);
    }

    /** Returns the decision of {@link #decide(long, long)} for any number of permits from 1, and takes none. */
    public Decision peek(long key, long permits) {
        return peek(key, permits, table.clock());
    }

    /** Returns the decision on a request for any number of permits from 1, and takes none. */
    public Decision peek(long key, long permits, long clock) {
        long debt = debt(key, clock);
        if (debt == Outcome.SATURATED) {
            return exceedsCapacity(permits) ? Outcome.foreseen(gcra, 0, permits) : saturated(key, clock);
        }
        return Outcome.foreseen(gcra, debt, permits);
    }

    /** Returns the decision for an outcome of taking permits. */
    public Decision decision(long key, long outcome, long permits, long clock) {
        return outcome == Outcome.SATURATED ? saturated(key, clock) : Outcome.decision(gcra, outcome, permits);
    }

    private Decision saturated(long key, long clock) {
        return Decision.refused(
                Decision.Reason.SATURATED, gcra.rate(), capacity, charges.nanosUntilPlace(cellOf(key), clock), 0);
    }

    /** Reads the clock for the methods that have the parameter {@code clock}. */
    public long clock() {
        return table.clock();
    }

    /** Returns how often a key in debt was forgotten for a new key, at any rate of this table. */
    public long evictedInDebt() {
        return table.evictedInDebt();
    }

    /** Returns the fingerprint of the cell of a key at this rate. */
    private long cellOf(long key) {
        return salt == 0 ? key : Fingerprints.ofRate(key, salt);
    }
}
