package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import java.lang.ref.Reference;
import java.time.Duration;

/**
 * The budgets of all keys at one rate, on a table that other rates may share.
 *
 * <p>A key is its fingerprint. Each rate of a policy has cells of its own, so that a key has as many as its policy has
 * rates; that of the first stands under the key's fingerprint as it is.
 *
 * <p>Whatever writes a cell keeps its arithmetic alive until then, so that the number in the cell still means its units
 * ({@link RateNumbers}).
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

    /** Whether permits are more than any budget can hold. */
    public boolean exceedsCapacity(long permits) {
        return permits > capacity;
    }

    // Taking

    /** Takes permits that are there at a reading of the clock; returns an {@link Outcome}. */
    public long take(long key, long permits, long clock) {
        try {
            return table.take(cellOf(key), gcra, permits * permit, full, clock);
        } finally {
            Reference.reachabilityFence(gcra);
        }
    }

    /** Takes permits that are there now; returns an {@link Outcome}. */
    public long take(long key, long permits) {
        return take(key, permits, table.clock());
    }

    /** Takes permits that are there, or will be after the longest delay at the latest; returns an {@link Outcome}. */
    public long reserve(long key, long permits, long clock, Receipt receipt) {
        try {
            return table.takeAhead(cellOf(key), gcra, permits * permit, gcra.longest(), clock, 0, receipt);
        } finally {
            Reference.reachabilityFence(gcra);
        }
    }

    /**
     * Takes permits for an instant so many nanoseconds ahead, because another rate has them only then. So what departs then
     * is charged then, and not where it would be forgiven meanwhile.
     */
    public long takeAhead(long key, long permits, long nanos, long clock, Receipt receipt) {
        try {
            return table.takeAhead(cellOf(key), gcra, permits * permit, full, clock, gcra.reading(nanos), receipt);
        } finally {
            Reference.reachabilityFence(gcra);
        }
    }

    /** What {@link #take(long, long, long)} or, if ahead, {@code reserve} would answer; takes nothing. */
    public long look(long key, long permits, boolean ahead, long clock) {
        long debt = debt(key, clock);
        if (debt == Outcome.SATURATED) {
            return debt;
        }
        long after = debt + permits * permit;
        long limit = ahead ? gcra.longest() : full;
        return after <= limit ? after : limit - after;
    }

    /** The nanoseconds after which permits that were taken with this outcome are there. */
    public long delayNanos(long outcome) {
        return outcome <= full ? 0 : gcra.nanos(outcome - full);
    }

    /** The nanoseconds after which a request that was refused with this outcome would be admitted. */
    public long retryNanos(long outcome) {
        // A key for which there is no place is the worst off: others' debts are in its way.
        return outcome == Outcome.SATURATED ? Long.MAX_VALUE : gcra.nanos(-outcome);
    }

    // Giving back

    /** Gives permits back, up to a full budget. */
    public void refund(long key, long permits) {
        refund(key, permits, table.clock());
    }

    /** Gives permits back, up to a full budget. */
    public void refund(long key, long permits, long clock) {
        long cost = permits * permit;
        forgive(key, clock, cell -> cost);
    }

    /** Fills the budget; what was reserved before cannot be cancelled any more. */
    public void reset(long key) {
        forgive(key, table.clock(), cell -> Long.MAX_VALUE);
    }

    /** Cancels as of now: see {@link #cancel(long, long, Receipt, long)}. */
    public void cancel(long key, long permits, Receipt receipt) {
        cancel(key, permits, receipt, table.clock());
    }

    /** Gives back what nobody used and later reservations do not count on: see {@link Receipt}. */
    public void cancel(long key, long permits, Receipt receipt, long clock) {
        long cost = permits * permit;
        forgive(key, clock, cell -> receipt.forgiven(cell, cost));
    }

    private void forgive(long key, long clock, CellTable.Change change) {
        try {
            table.forgive(cellOf(key), gcra, clock, change);
        } finally {
            Reference.reachabilityFence(gcra);
        }
    }

    // Looking

    /** The debt of a key, in units of the rate, or {@link Outcome#SATURATED}. */
    public long debt(long key, long clock) {
        return table.debt(cellOf(key), gcra, clock);
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

    /** Whether cells of both are in the same units. */
    public boolean hasUnitsOf(Budgets other) {
        return gcra.number() == other.gcra.number();
    }

    /** Makes all debts at this rate debts of as many permits at another. */
    public void convertAll(Budgets to) {
        try {
            table.convertAll(gcra, to.gcra);
        } finally {
            Reference.reachabilityFence(to.gcra);
        }
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
