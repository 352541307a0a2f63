package dev.ratelimit.core.internal.cells;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations on all cells of a table: freeing positions that have passed, converting cells of rates that are no
 * longer in force, and shortening blackouts.
 *
 * <p>Each cell is exchanged on its own, while other threads go on charging.
 */
final class Sweeper {

    private final Places places;
    private final RateNumbers numbers;

    Sweeper(Places places, RateNumbers numbers) {
        this.places = places;
        this.numbers = numbers;
    }

    /** Frees every position that had passed at an instant. All positions are valid at the anchor. */
    void sweep(long anchor, long instant) {
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            free(place, anchor, instant);
        }
    }

    private void free(int place, long anchor, long instant) {
        while (true) {
            long before = places.cell(place);
            Gcra rate = Cell.hasPosition(before) ? numbers.of(Cell.number(before)) : null;
            if (rate == null
                    || !rate.hasPassed(before, anchor, instant)
                    || places.exchange(place, before, Cell.freed(before))) {
                return;
            }
        }
    }

    /**
     * Converts all debts at rates for which no new cells are written to debts of the same number of permits at other
     * rates; returns which numbers are still in cells.
     *
     * @param from the scales of the rates
     * @param to the other rates, by the number of the old ones; null where debts stay as they are
     * @param strictly whether debts must also take at least as much time as before
     */
    boolean[] convert(List<Scale> from, @Nullable Gcra[] to, boolean strictly, long now) {
        @Nullable Gcra[] rates = new Gcra[(int) Cell.HAND_OVER + 1];
        from.forEach(scale -> rates[scale.number()] = scale.gcra());
        boolean[] left = new boolean[rates.length];
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            convert(place, rates, to, strictly, now, left);
        }
        return left;
    }

    private void convert(
            int place, @Nullable Gcra[] rates, @Nullable Gcra[] to, boolean strictly, long now, boolean[] left) {
        while (true) {
            long before = places.cell(place);
            int number = (int) Cell.number(before);
            Gcra rate = rates[number];
            if (rate == null) {
                return;
            }
            long debt = Gcra.debt(before, rate.reading(now));
            Gcra other = to[number];
            if (debt > 0 && other == null) {
                left[number] = true;
                return;
            }
            if (places.exchange(
                    place, before, other == null ? Cell.freed(before) : other.converted(before, rate, strictly, now))) {
                left[other == null ? 0 : other.number()] = true;
                return;
            }
        }
    }

    /** Shortens all blackouts to at most {@code nanos} nanoseconds from now on. */
    void shorten(Gcra blackouts, long nanos, LongSupplier instant) {
        long most = blackouts.cost(nanos);
        long reading = blackouts.reading(instant.getAsLong());
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long before = places.cell(place);
            while (Cell.number(before) == Cell.BLACKOUT && Gcra.distance(before, reading) > most) {
                // Reads the clock again after the cell, so that a blackout that has begun meanwhile keeps its full
                // length.
                reading = blackouts.reading(instant.getAsLong());
                long after = most == 0 ? Cell.freed(before) : blackouts.cell(reading, most, before);
                if (Gcra.distance(before, reading) <= most || places.exchange(place, before, after)) {
                    break;
                }
                before = places.cell(place);
            }
        }
    }

    /**
     * Returns the cell converted to the units of this rate. The caller holds the lock of a stripe, so that the cell's
     * number keeps its meaning after the read; or the caller checks that it did.
     */
    long inUnitsOf(Gcra rate, long cell, long now) {
        long number = Cell.number(cell);
        Gcra other = number == rate.number() || number == Cell.FREE ? null : numbers.of(number);
        return other == null ? cell : rate.converted(cell, other, false, now);
    }
}
