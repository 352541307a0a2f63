package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The cells of many keys, in memory that is fixed when it is created, whatever keys come.
 *
 * <p>A key is known by its <i>fingerprint</i>, 64 bits that nobody outside can predict. A place holds a fingerprint and
 * a cell ({@link Places}). Places are grouped in sets of eight, two cache lines, like a hardware cache, and a key may
 * stand in either of two sets: its <i>home</i>, and another one where it goes only when its home is full of keys in
 * debt.
 *
 * <p><b>Which key goes.</b> A new key takes a place whose key is out of debt ({@link Vacancies}). If all sixteen are in
 * debt, then under {@link WhenSaturated#EVICT} the one with the least debt is forgotten, and counted. So a key that owes
 * more than the least indebted of sixteen is never forgotten, and a flood of new keys, which owe little, forgets itself
 * first.
 *
 * <p><b>How a key is charged.</b> Read the cell, <i>then</i> read the fingerprint again, then exchange the cell by
 * compare-and-set. A new owner's fingerprint is written before its cell. Whoever has read the new owner's cell
 * therefore reads its fingerprint, too, and notices; whoever has read the old owner's cell fails in the exchange,
 * because every new owner's cell has another version. In the reverse order one could read the old fingerprint, then the
 * new cell, and charge the wrong key.
 *
 * <p><b>How a place changes hands.</b> By exchanging its cell for a mark that is no cell, writing the new fingerprint,
 * then writing the new cell. Whoever meets the mark looks again. A fingerprint is only ever inserted under the lock of
 * its stripe, after a look whether another thread has: two threads with the same new key end in one cell. A known key
 * takes no lock, and a denial writes nothing.
 *
 * <p><b>Several rates.</b> Cells say in whose units they count ({@link RateNumbers}). One that is found in other units,
 * because its key has another rate now, counts as the debt of as many permits, and is written anew when it is next asked
 * for permits.
 *
 * <p>What is asked of it, {@link Budgets} and {@link Blackouts} say in permits and nanoseconds.
 */
public final class CellTable {

    /** The most keys that a table can be sized for. */
    public static final int LARGEST_MAXIMUM_KEYS = 500_000_000;

    /** The answer where another thread came between. No outcome: those have zeros in their low bits. */
    private static final long LOOK_AGAIN = 1;

    private final TimeSource time;
    private final Horizon horizon;

    /** The horizon's, or one of before, which sends a caller there. */
    private volatile long anchor;

    private volatile long beyond;

    private final RateNumbers numbers = new RateNumbers();
    private final Places places;
    private final Vacancies vacancies;
    private final Upkeep upkeep;
    private final Stripes stripes = new Stripes();
    private final boolean evicts;
    private final LongAdder evictedInDebt = new LongAdder();
    private final Runnable onEviction;

    /**
     * Creates an empty table.
     *
     * @param maximumKeys how many keys it is sized for
     * @param whenSaturated what becomes of a new key that finds no place
     * @param time the time that refills the budgets
     */
    public CellTable(int maximumKeys, WhenSaturated whenSaturated, TimeSource time) {
        this(maximumKeys, whenSaturated, time, () -> {});
    }

    /**
     * Creates an empty table.
     *
     * @param maximumKeys how many keys it is sized for
     * @param whenSaturated what becomes of a new key that finds no place
     * @param time the time that refills the budgets
     * @param onEviction run when a key in debt was forgotten, by the thread that brought the new one
     */
    public CellTable(int maximumKeys, WhenSaturated whenSaturated, TimeSource time, Runnable onEviction) {
        this.onEviction = onEviction;
        this.time = time;
        this.horizon = new Horizon(numbers.blackouts().units(), time.nanos());
        this.beyond = horizon.beyond();
        this.anchor = horizon.anchor();
        this.places = new Places(maximumKeys);
        this.vacancies = new Vacancies(places, numbers);
        this.upkeep = new Upkeep(places, numbers);
        this.evicts = whenSaturated == WhenSaturated.EVICT;
    }

    /** Makes a fingerprint of the hash of a key. */
    public static long fingerprint(long hash) {
        return Places.fingerprint(hash);
    }

    /**
     * The budgets of all keys at a rate, the first of a policy.
     *
     * @param rate the rate
     * @param longestDelay how far ahead permits may be reserved
     * @throws IllegalArgumentException if the rate cannot be kept
     * @throws IllegalStateException if too many rates are in force
     */
    public Budgets budgets(Rate rate, Duration longestDelay) {
        return budgets(rate, longestDelay, 0);
    }

    /** The budgets of all keys at a rate, one of several of a policy by an index from zero. */
    public Budgets budgets(Rate rate, Duration longestDelay, int index) {
        Gcra gcra = numbers.enter(rate, longestDelay.toNanos(), number -> upkeep.isFree(number, enter(clock())));
        horizon.narrow(gcra.units());
        beyond = horizon.beyond();
        return new Budgets(this, gcra, index);
    }

    /** The blackouts of all keys. */
    public Blackouts blackouts() {
        return new Blackouts(this, numbers.blackouts());
    }

    /** Returns how often a key in debt was forgotten for a new one. */
    public long evictedInDebt() {
        return evictedInDebt.sum();
    }

    /** Reads the clock. */
    public long clock() {
        return Clock.read(time);
    }

    boolean evicts() {
        return evicts;
    }

    // Charging

    /**
     * Makes the debt of a key larger by a cost, if it is then no more than a limit; returns an {@link Outcome}.
     *
     * @param clock a reading of the clock
     */
    long take(long fingerprint, Gcra rate, long cost, long limit, long clock) {
        // Most known keys stand where they are looked for first; this is short, so that it is compiled into its caller.
        int place = places.first(fingerprint);
        long outcome = places.holds(place, fingerprint)
                ? takeAt(place, fingerprint, rate, cost, limit, clock, 0, null)
                : LOOK_AGAIN;
        return outcome == LOOK_AGAIN ? takeAhead(fingerprint, rate, cost, limit, clock, 0, null) : outcome;
    }

    /**
     * Does so for permits that will be used at a later instant, when the limit is looked at, too.
     *
     * @param ahead how far the clock will have gone on then, in units
     * @param receipt what is to be told what was done
     */
    long takeAhead(
            long fingerprint, Gcra rate, long cost, long limit, long clock, long ahead, @Nullable Receipt receipt) {
        while (true) {
            long number = stripes.read(fingerprint);
            int place = places.find(fingerprint);
            long outcome = place == Places.NONE
                    ? insert(fingerprint, rate, cost, clock, ahead, number, receipt)
                    : takeAt(place, fingerprint, rate, cost, limit, clock, ahead, receipt);
            if (outcome != LOOK_AGAIN) {
                return outcome;
            }
            Thread.onSpinWait();
        }
    }

    private long takeAt(
            int place,
            long fingerprint,
            Gcra rate,
            long cost,
            long limit,
            long clock,
            long ahead,
            @Nullable Receipt receipt) {
        long before = places.cell(place);
        if (!places.isOwned(place, before, fingerprint)) {
            return LOOK_AGAIN;
        }
        long now = clock;
        if (!Horizon.covers(anchor, now, beyond)) {
            now = enter(now);
            before = places.cell(place);
            if (!places.isOwned(place, before, fingerprint)) {
                return LOOK_AGAIN;
            }
        }
        long number = Cell.number(before);
        if (number != rate.number() && number != Cell.FREE) {
            // Also for a request that will be refused, so that the budget refills at its new rate from now on.
            places.exchange(place, before, upkeep.inUnitsOf(rate, before, now));
            return LOOK_AGAIN;
        }
        long reading = rate.reading(now) + ahead;
        long since = reading - Gcra.admittedFrom(before, cost, limit);
        if (since < 0 && number != Cell.FREE) {
            return places.cell(place) == before ? since : LOOK_AGAIN;
        }
        long after = rate.charged(before, reading, cost);
        if (!places.exchange(place, before, after)) {
            return LOOK_AGAIN;
        }
        if (receipt != null) {
            receipt.write(after, cost + Math.max(0, ahead - Gcra.debt(before, reading - ahead)));
        }
        return Gcra.distance(after, reading) + ahead;
    }

    /** Inserts a key that was not found after the number of its stripe had been read. */
    private long insert(
            long fingerprint, Gcra rate, long cost, long clock, long ahead, long number, @Nullable Receipt receipt) {
        if (!stripes.tryLock(fingerprint, number)) {
            return LOOK_AGAIN;
        }
        boolean evicted = false;
        try {
            long now = enter(clock);
            while (true) {
                int place = vacancies.placeFor(fingerprint, rate, now);
                long before = place == Places.NONE ? Cell.HAND_OVER : places.cell(place);
                if (Cell.number(before) == Cell.HAND_OVER) {
                    Thread.onSpinWait();
                    continue;
                }
                boolean inDebt = vacancies.isInDebt(before, rate, now);
                if (inDebt && !evicts) {
                    return Outcome.SATURATED;
                }
                if (!places.exchange(place, before, Cell.handedOver(before))) {
                    continue;
                }
                long after = rate.charged(Cell.nextOwner(before), rate.reading(now) + ahead, cost);
                places.handOver(place, fingerprint, after);
                evicted = inDebt;
                if (receipt != null) {
                    receipt.write(after, cost + ahead);
                }
                return cost + ahead;
            }
        } finally {
            stripes.unlock(fingerprint, number);
            if (evicted) {
                evictedInDebt.increment();
                onEviction.run();
            }
        }
    }

    /** Converts all cells of one rate to another's units now. */
    void convertAll(Gcra from, Gcra to) {
        upkeep.convert(from, to, enter(clock()));
    }

    // Looking, and giving back

    /** The debt of a key in a rate's units; or {@link Outcome#SATURATED} if it is new and would find no place. */
    long debt(long fingerprint, Gcra rate, long clock) {
        while (true) {
            long now = enter(clock);
            int place = places.find(fingerprint);
            if (place == Places.NONE) {
                return evicts || vacancies.nanosUntilFree(fingerprint, now) == 0 ? 0 : Outcome.SATURATED;
            }
            long before = places.cell(place);
            if (places.isOwned(place, before, fingerprint)) {
                long cell = upkeep.inUnitsOf(rate, before, now);
                if (places.cell(place) == before) {
                    return Gcra.debt(cell, rate.reading(now));
                }
            }
            Thread.onSpinWait();
        }
    }

    /** The nanoseconds until a new key would find a place, at least one. */
    long nanosUntilPlace(long fingerprint, long clock) {
        return Math.max(1, vacancies.nanosUntilFree(fingerprint, enter(clock)));
    }

    /** What becomes of the cell of a key that has one. */
    interface Change {
        /** The debt that is forgiven, in a rate's units, of a cell in whatever units. */
        long forgiven(long cell);
    }

    /** Makes the debt of a key smaller. */
    void forgive(long fingerprint, Gcra rate, long clock, Change change) {
        while (true) {
            long now = enter(clock);
            int place = places.find(fingerprint);
            if (place == Places.NONE) {
                return;
            }
            long before = places.cell(place);
            if (places.isOwned(place, before, fingerprint)) {
                long cell = upkeep.inUnitsOf(rate, before, now);
                long debt = Gcra.debt(cell, rate.reading(now));
                long forgiven = change.forgiven(before);
                long after = debt > forgiven
                        ? rate.cell(rate.reading(now), debt - forgiven, before)
                        : forgiven == Long.MAX_VALUE ? Cell.nextOwner(before) : Cell.freed(before);
                if (forgiven == 0 || places.exchange(place, before, after)) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }

    // Time

    /** Returns the instant to decide at; cells are to be read after it. */
    private long enter(long now) {
        long from = anchor;
        if (Horizon.covers(from, now, beyond)) {
            return now;
        }
        long instant = horizon.enter(now, upkeep::sweep);
        anchor = horizon.anchor();
        return instant;
    }
}
