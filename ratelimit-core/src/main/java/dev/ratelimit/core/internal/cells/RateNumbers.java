package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that tell in whose units the position of a cell is, for all rates of a table.
 *
 * <p>Rates of equal units share a number: 100 a second is the same with any capacity. A number stays until nobody can use
 * its units any more, and no cell has it. Whoever may write cells with it has a {@link Gcra} that holds on to its claim;
 * when the claim has been collected as garbage, no such thread is left, however long it may have been standing still.
 *
 * <p>Thread-safe. Looking up a number takes no lock.
 */
final class RateNumbers {

    /** Knows the arithmetic without holding on to the claim. */
    private record Entry(Gcra gcra, WeakReference<Object> claim) {}

    private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(Cell.BLACKOUT + 1);

    private final Gcra blackouts = Gcra.ofBlackouts();

    RateNumbers() {
        entries.set(Cell.BLACKOUT, new Entry(blackouts, new WeakReference<>(this)));
    }

    Gcra blackouts() {
        return blackouts;
    }

    /** The arithmetic of the cells with this number; none if it has just been given up, so that the cell has changed. */
    @Nullable
    Gcra of(long number) {
        Entry entry = entries.get((int) number);
        return entry == null ? null : entry.gcra;
    }

    /**
     * Gives a rate a number.
     *
     * @param isFree whether no cell has a number any more, all cells with it that can be freed having been freed
     * @throws IllegalArgumentException if the rate cannot be kept
     * @throws IllegalStateException if too many rates are in force
     */
    synchronized Gcra enter(Rate rate, long longestDelay, IntPredicate isFree) {
        Units units = Units.of(rate, longestDelay);
        int number = numberOf(units);
        if (number == 0) {
            number = freeNumber(isFree);
        }
        Entry known = entries.get(number);
        Object claim = known == null ? null : known.claim.get();
        Object held = claim == null ? new Object() : claim;
        if (claim == null) {
            Gcra unclaimed = new Gcra(rate, units, longestDelay, number, Cell.class);
            entries.set(number, new Entry(unclaimed, new WeakReference<>(held)));
        }
        return new Gcra(rate, units, longestDelay, number, held);
    }

    private int numberOf(Units units) {
        for (int number = Cell.FIRST_RATE; number <= Cell.LAST_RATE; number++) {
            Entry entry = entries.get(number);
            if (entry != null
                    && entry.gcra.units().perPermit() == units.perPermit()
                    && entry.gcra.units().perNano() == units.perNano()) {
                return number;
            }
        }
        return 0;
    }

    private int freeNumber(IntPredicate isFree) {
        for (int number = Cell.FIRST_RATE; number <= Cell.LAST_RATE; number++) {
            if (entries.get(number) == null) {
                return number;
            }
        }
        for (int number = Cell.FIRST_RATE; number <= Cell.LAST_RATE; number++) {
            Entry entry = entries.get(number);
            if (entry != null && entry.claim.get() == null && isFree.test(number)) {
                entries.set(number, null);
                return number;
            }
        }
        throw new IllegalStateException("more than " + Cell.LAST_RATE
                + " different rates are in force in one limiter: let policies share rates, or use several limiters");
    }
}
