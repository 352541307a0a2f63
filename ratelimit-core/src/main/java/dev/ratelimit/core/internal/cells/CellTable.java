package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import java.util.concurrent.atomic.LongAdder;

/**
 * The cells of many keys, in memory that is fixed when it is created, whatever keys come.
 *
 * <p>A key is known by its <i>fingerprint</i>, 64 bits that nobody outside can predict. A place holds a fingerprint and
 * a cell ({@link Places}). Places are grouped in sets of eight, two cache lines, like a hardware cache, and a key may
 * stand in either of two sets: its <i>home</i>, and another one where it goes only when its home is full of keys in
 * debt.
 *
 * <p><b>Which key goes.</b> A new key takes the first place at home that is free or whose key is out of debt, looking from
 * where the key is looked for first; failing that, such a place of its second set. If all sixteen are in debt, then under
 * {@link WhenSaturated#EVICT} the one with the least debt is forgotten, and counted. So a key that owes more than
 * the least indebted of sixteen is never forgotten, and a flood of new keys, which owe little, forgets itself first.
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
 * <p>Permits are from 1 to the capacity throughout, which the caller has checked.
 */
public final class CellTable {

    /** The most keys that a table can be sized for. */
    public static final int LARGEST_MAXIMUM_KEYS = 500_000_000;

    private final TimeSource time;
    private final Gcra gcra;
    private final long emission;
    private final long full;
    private final Horizon horizon;
    private final long beyond;

    /** The horizon's, or one of before, which sends a caller there. */
    private volatile long anchor;

    private final Places places;
    private final Stripes stripes = new Stripes();
    private final boolean evicts;
    private final LongAdder evictedInDebt = new LongAdder();

    /**
     * Creates an empty table.
     *
     * @param rate the rate of each key
     * @param maximumKeys how many keys it is sized for
     * @param whenSaturated what becomes of a new key that finds no place
     * @param time the time that refills the budgets
     */
    public CellTable(Rate rate, int maximumKeys, WhenSaturated whenSaturated, TimeSource time) {
        this.time = time;
        this.gcra = new Gcra(rate);
        this.emission = gcra.reading(1);
        this.full = gcra.cost(rate.capacity());
        this.horizon = new Horizon(gcra.units(), time.nanos());
        this.beyond = horizon.beyond();
        this.anchor = horizon.anchor();
        this.places = new Places(maximumKeys);
        this.evicts = whenSaturated == WhenSaturated.EVICT;
    }

    /** Makes a fingerprint of the hash of a key. */
    public static long fingerprint(long hash) {
        return Places.fingerprint(hash);
    }

    /** Takes permits of a key if they are all there; returns an {@link Outcome}. */
    public long take(long fingerprint, long permits) {
        long cost = gcra.cost(permits);
        long clock = Clock.read(time);
        // Most known keys stand where they are looked for first; this is short, so that it is compiled into its caller.
        int place = places.first(fingerprint);
        long outcome = places.holds(place, fingerprint) ? takeAt(place, fingerprint, cost, clock) : LOOK_AGAIN;
        return outcome == LOOK_AGAIN ? takeWherever(fingerprint, cost, clock) : outcome;
    }

    private long takeWherever(long fingerprint, long cost, long clock) {
        while (true) {
            long number = stripes.read(fingerprint);
            int place = places.find(fingerprint);
            long outcome = place == Places.NONE
                    ? insert(fingerprint, cost, clock, number)
                    : takeAt(place, fingerprint, cost, clock);
            if (outcome != LOOK_AGAIN) {
                return outcome;
            }
            Thread.onSpinWait();
        }
    }

    /** The answer where another thread came between. No outcome: one of a taken debt has zeros in its low bits. */
    private static final long LOOK_AGAIN = 1;

    private long takeAt(int place, long fingerprint, long cost, long clock) {
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
        long reading = emission * now;
        long since = reading - Gcra.admittedFrom(before, cost, full);
        if (since < 0 && Cell.number(before) != Cell.FREE) {
            return places.cell(place) == before ? since : LOOK_AGAIN;
        }
        long after = Gcra.charged(before, reading, cost);
        return places.exchange(place, before, after) ? Gcra.distance(after, reading) : LOOK_AGAIN;
    }

    /** Takes permits as {@link #take(long, long)} does, and says more about the answer. */
    public Decision decide(long fingerprint, long permits) {
        long outcome = take(fingerprint, permits);
        return outcome == Outcome.SATURATED ? saturated(fingerprint) : Outcome.decision(gcra, outcome, permits);
    }

    /** Says what {@link #decide(long, long)} would answer to any number of permits, from 1, and takes none. */
    public Decision peek(long fingerprint, long permits) {
        while (true) {
            long reading = gcra.reading(enter(Clock.read(time)));
            int place = places.find(fingerprint);
            if (place == Places.NONE) {
                boolean fits = evicts || permits > gcra.rate().capacity() || leastDebt(fingerprint, reading) <= 0;
                return fits ? Outcome.foreseen(gcra, 0, permits) : saturated(fingerprint);
            }
            long cell = places.cell(place);
            if (places.isOwned(place, cell, fingerprint)) {
                return Outcome.foreseen(gcra, Gcra.debt(cell, reading), permits);
            }
            Thread.onSpinWait();
        }
    }

    /** Gives permits back to a key, up to a full bucket. */
    public void refund(long fingerprint, long permits) {
        change(fingerprint, gcra.cost(permits));
    }

    /** Fills the bucket of a key. */
    public void reset(long fingerprint) {
        change(fingerprint, Long.MAX_VALUE);
    }

    /** Returns how often a key in debt was forgotten for a new one. */
    public long evictedInDebt() {
        return evictedInDebt.sum();
    }

    private void change(long fingerprint, long forgiven) {
        while (true) {
            long reading = gcra.reading(enter(Clock.read(time)));
            int place = places.find(fingerprint);
            if (place == Places.NONE) {
                return;
            }
            long before = places.cell(place);
            if (places.isOwned(place, before, fingerprint)) {
                long debt = Gcra.debt(before, reading);
                long after = debt > forgiven ? Gcra.cell(reading, debt - forgiven, before) : Cell.freed(before);
                if (places.exchange(place, before, after)) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }

    // Inserting

    /** Inserts a key that was not found after the number of its stripe had been read. */
    private long insert(long fingerprint, long cost, long clock, long number) {
        if (!stripes.tryLock(fingerprint, number)) {
            return LOOK_AGAIN;
        }
        try {
            long reading = gcra.reading(enter(clock));
            while (true) {
                int place = placeFor(fingerprint, reading);
                long before = place == Places.NONE ? Cell.HAND_OVER : places.cell(place);
                if (Cell.number(before) == Cell.HAND_OVER) {
                    Thread.onSpinWait();
                    continue;
                }
                boolean inDebt = debtAt(before, reading) > 0;
                if (inDebt && !evicts) {
                    return Outcome.SATURATED;
                }
                if (!places.exchange(place, before, Cell.handedOver(before))) {
                    continue;
                }
                places.handOver(place, fingerprint, Gcra.charged(Cell.nextOwner(before), reading, cost));
                if (inDebt) {
                    evictedInDebt.increment();
                }
                return cost;
            }
        } finally {
            stripes.unlock(fingerprint, number);
        }
    }

    /** The place that a new key takes, or that of the least debt; none if all change hands at this moment. */
    private int placeFor(long fingerprint, long reading) {
        int atHome = leastIndebted(places.home(fingerprint), fingerprint, reading);
        if (atHome != Places.NONE && debtAt(places.cell(atHome), reading) <= 0) {
            return atHome;
        }
        int away = leastIndebted(places.secondHome(fingerprint), fingerprint, reading);
        if (away == Places.NONE || atHome == Places.NONE) {
            return away == Places.NONE ? atHome : away;
        }
        return debtAt(places.cell(away), reading) < debtAt(places.cell(atHome), reading) ? away : atHome;
    }

    /** The first place out of debt from where the key is looked for first; if there is none, that of the least debt. */
    private int leastIndebted(int set, long fingerprint, long reading) {
        int start = Places.start(fingerprint);
        int least = Places.NONE;
        long leastDebt = Long.MAX_VALUE;
        for (int i = 0; i < Places.SET_END; i += Places.STEP) {
            int place = set + ((start + i) & (Places.SET_END - 1));
            long debt = debtAt(places.cell(place), reading);
            if (debt <= 0) {
                return place;
            }
            if (debt < leastDebt) {
                least = place;
                leastDebt = debt;
            }
        }
        return least;
    }

    /** Debt to compare places by: zero or less if out of debt, the most if the place is changing hands. */
    private long debtAt(long cell, long reading) {
        long number = Cell.number(cell);
        if (number == Cell.RATE) {
            return Gcra.distance(cell, reading);
        }
        return number == Cell.FREE ? 0 : Long.MAX_VALUE;
    }

    private long leastDebt(long fingerprint, long reading) {
        int place = placeFor(fingerprint, reading);
        return place == Places.NONE ? Long.MAX_VALUE : debtAt(places.cell(place), reading);
    }

    private Decision saturated(long fingerprint) {
        long debt = leastDebt(fingerprint, gcra.reading(enter(Clock.read(time))));
        // All in transit, or freed since: a key that comes back at once will see.
        long wait = debt == Long.MAX_VALUE ? 0 : gcra.nanos(debt);
        return Decision.refused(
                Decision.Reason.SATURATED, gcra.rate(), gcra.rate().capacity(), Math.max(1, wait), 0);
    }

    // Time

    /** Returns the instant to decide at; cells are to be read after it. */
    private long enter(long now) {
        long from = anchor;
        if (Horizon.covers(from, now, beyond)) {
            return now;
        }
        long instant = horizon.enter(now, this::sweep);
        anchor = horizon.anchor();
        return instant;
    }

    private void sweep(long anchor, long instant) {
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long before = places.cell(place);
            while (Cell.number(before) == Cell.RATE && gcra.hasPassed(before, anchor, instant)) {
                if (places.exchange(place, before, Cell.freed(before))) {
                    break;
                }
                before = places.cell(place);
            }
        }
    }
}
