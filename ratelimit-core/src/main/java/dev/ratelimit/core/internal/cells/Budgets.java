package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys at one rate, on a table that other rates may share.
 *
 * <p>A key is its fingerprint. Each rate of a policy has cells of its own, so that a key has as many as its policy has
 * rates; that of the first stands under the key's fingerprint as it is.
 *
 * <p>They can be used also after their rate was replaced, by calls that were under way ({@link RateChanges}).
 *
 * <p>Permits are from 1 to the capacity where it is not said otherwise, which the caller has checked. Methods without a
 * clock's reading read it themselves. Thread-safe.
 */
public final class Budgets {

    /** An odd number: 2^64 divided by the golden ratio. */
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private final CellTable table;
    private final Gcra gcra;
    private final long salt;
    private final long permit;
    private final long full;
    private final long capacity;

    Budgets(CellTable table, Gcra gcra, int index) {
        this.table = table;
        this.gcra = gcra;
        this.salt = index * GOLDEN_GAMMA;
        this.permit = gcra.cost(1);
        this.full = gcra.full();
        this.capacity = gcra.rate().capacity();
    }

    /** The rate. */
    public Rate rate() {
        return gcra.rate();
    }

    Gcra gcra() {
        return gcra;
    }

    /** Whether permits are more than any budget can hold. */
    public boolean exceedsCapacity(long permits) {
        return permits > capacity;
    }

    // Taking

    /** Takes permits that are there at a reading of the clock; returns an {@link Outcome}. */
    public long take(long key, long permits, long clock) {
        return table.take(cellOf(key), gcra, permits * permit, full, clock);
    }

    /** Takes permits that are there now; returns an {@link Outcome}. */
    public long take(long key, long permits) {
        return take(key, permits, table.clock());
    }

    /** Takes permits that are there at a reading of the clock, so that it can be cancelled; returns an {@link Outcome}. */
    public long take(long key, long permits, long clock, Receipt receipt) {
        return table.takeAnywhere(cellOf(key), gcra, permits * permit, full, clock, receipt);
    }

    /**
     * Takes permits as of an instant, whether they are there or not: any number, as far as a cell has room for such a debt. They
     * may have been reserved at another rate, which had a larger capacity.
     *
     * @param receipt what is to be told what was done, if anything is
     * @return how many whole permits there was room for
     */
    public long charge(long key, long permits, long instant, @Nullable Receipt receipt) {
        long most = gcra.mostDebt();
        long cost = permits <= most / permit ? permits * permit : most;
        long tooMuch = cost;
        while (cost > 0 && tooMuch > 0) {
            long outcome = table.takeAnywhere(cellOf(key), gcra, cost, most, instant, receipt);
            // A key for which there is no place owes nothing, and cannot.
            tooMuch = outcome == Outcome.SATURATED ? cost : Math.max(0, -outcome);
            cost -= tooMuch;
        }
        return Math.max(0, cost) / permit;
    }

    /** What {@link #take(long, long, long)} would answer; takes nothing. */
    public long look(long key, long permits, long clock) {
        long debt = debt(key, clock);
        if (debt == Outcome.SATURATED) {
            return debt;
        }
        // A debt and a cost together may be more than a word holds; what the capacity leaves of the cost is not.
        long allowed = full - permits * permit;
        return debt <= allowed ? debt + permits * permit : allowed - debt;
    }

    /** The nanoseconds after which a request that was refused with this outcome would be allowed. */
    public long retryNanos(long outcome) {
        // A key for which there is no place is the worst off: others' debts are in its way.
        return outcome == Outcome.SATURATED ? Long.MAX_VALUE : gcra.nanos(-outcome);
    }

    // Giving back

    /** Gives any number of permits back, from 1, up to a full budget. */
    public void refund(long key, long permits) {
        refund(key, permits, table.clock());
    }

    /** Gives any number of permits back, from 1, up to a full budget. */
    public void refund(long key, long permits, long clock) {
        table.refund(cellOf(key), gcra, Math.min(permits, capacity) * permit, clock);
    }

    /** Fills the budget; what was reserved before cannot be cancelled any more. */
    public void reset(long key) {
        table.reset(cellOf(key), gcra, table.clock());
    }

    /** Cancels as of now: see {@link #cancel(long, long, Receipt, long)}. */
    public void cancel(long key, long permits, Receipt receipt) {
        cancel(key, permits, receipt, table.clock());
    }

    /**
     * Gives back what was reserved if nothing was taken since; otherwise so many permits less those taken since.
     *
     * @param permits none, or those that were reserved
     */
    public void cancel(long key, long permits, Receipt receipt, long clock) {
        // As many units as were taken: there may not have been room for all permits.
        table.cancel(cellOf(key), gcra, receipt, permits == 0 ? 0 : receipt.added(), clock);
    }

    // Looking

    /** The debt of a key, in units of the rate, or {@link Outcome#SATURATED}. */
    public long debt(long key, long clock) {
        return table.debt(cellOf(key), gcra, clock);
    }

    /** The debt of a key, in whole units of the rate; a whole capacity if there is no place for the key. */
    public long unitsOwed(long key, long clock) {
        long debt = debt(key, clock);
        return (debt == Outcome.SATURATED ? full : debt) >>> Cell.SHIFT;
    }

    /** Has a key's debt be one at this rate from now on, which until then it may be at the rate that was in its place. */
    public void adopt(long key, long clock) {
        table.adopt(cellOf(key), gcra, clock);
    }

    /** The units of a permit. */
    public long unitsPerPermit() {
        return gcra.units().perPermit();
    }

    /** The units that the rate's clock emits in a nanosecond. */
    public long unitsPerNano() {
        return gcra.units().perNano();
    }

    /** The whole permits that a budget with a debt has. */
    public long remaining(long debt) {
        return gcra.remaining(debt);
    }

    /** What there is to say of a budget with a debt. */
    public Snapshot.Budget snapshot(long debt) {
        return new Snapshot.Budget(
                gcra.rate(),
                gcra.remaining(debt),
                debt == 0 ? 0 : (debt - 1) / permit + 1,
                Duration.ofNanos(gcra.nanos(debt)));
    }

    /** Takes permits as {@link #take(long, long)} does, and says more about the answer. */
    public Decision decide(long key, long permits) {
        long clock = table.clock();
        return decision(key, take(key, permits, clock), permits, clock);
    }

    /** Says what {@link #decide(long, long)} would answer to any number of permits, from 1, and takes none. */
    public Decision peek(long key, long permits) {
        return peek(key, permits, table.clock());
    }

    /** Says what a request for any number of permits, from 1, would be answered, and takes none. */
    public Decision peek(long key, long permits, long clock) {
        long debt = debt(key, clock);
        if (debt == Outcome.SATURATED) {
            return exceedsCapacity(permits) ? Outcome.foreseen(gcra, 0, permits) : saturated(key, clock);
        }
        return Outcome.foreseen(gcra, debt, permits);
    }

    /** The decision that an outcome of taking permits stands for. */
    public Decision decision(long key, long outcome, long permits, long clock) {
        return outcome == Outcome.SATURATED ? saturated(key, clock) : Outcome.decision(gcra, outcome, permits);
    }

    private Decision saturated(long key, long clock) {
        return Decision.refused(
                Decision.Reason.SATURATED, gcra.rate(), capacity, table.nanosUntilPlace(cellOf(key), clock), 0);
    }

    /** Reads the clock for the methods that ask for it. */
    public long clock() {
        return table.clock();
    }

    /** How often a key in debt was forgotten for a new one, at whatever rate of this table. */
    public long evictedInDebt() {
        return table.evictedInDebt();
    }

    /** Fingerprints of a key's further cells: as different as the keys are, and unlike each other's. */
    private long cellOf(long key) {
        if (salt == 0) {
            return key;
        }
        // Stafford's thirteenth variant of the mixer of MurmurHash3, which is one-to-one.
        long mixed = key + salt;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return CellTable.fingerprint(mixed ^ (mixed >>> 31));
    }
}
