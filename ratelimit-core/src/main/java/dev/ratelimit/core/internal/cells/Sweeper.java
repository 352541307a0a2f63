package dev.ratelimit.core.internal.cells;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done to all cells of a table now and then: positions that have passed are freed, cells of rates that are no
 * longer in force are converted, blackouts shortened.
 *
 * <p>Each cell is exchanged by itself, while others go on charging.
 */
final class Sweeper {

    private final Places places;
    private final RateNumbers numbers;

    Sweeper(Places places, RateNumbers numbers) {
        this.places = places;
        this.numbers = numbers;
    }

    /** Frees every position, read right at an anchor, that had passed at an instant. */
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
     * Makes all debts at rates of which no new cells are made debts at others, of as many permits; returns which numbers are
     * still in cells.
     *
     * @param from the scales of the rates
     * @param to the others, by the number of those; none where debts stay as they are
     * @param strictly whether debts become those of as much time, too
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

    /** Lets no blackout last longer than so many nanoseconds from now on. */
    void shorten(Gcra blackouts, long nanos, LongSupplier instant) {
        long most = blackouts.cost(nanos);
        long reading = blackouts.reading(instant.getAsLong());
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long before = places.cell(place);
            while (Cell.number(before) == Cell.BLACKOUT && Gcra.distance(before, reading) > most) {
                // Again by a reading of after the look: one that has begun meanwhile lasts as long as it may.
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
     * The cell as it would be if the key had had this rate all along. Only for who has the lock of a stripe, so that the
     * cell's number means what it meant when the cell was read; or who finds that it does.
     */
    long inUnitsOf(Gcra rate, long cell, long now) {
        long number = Cell.number(cell);
        Gcra other = number == rate.number() || number == Cell.FREE ? null : numbers.of(number);
        return other == null ? cell : rate.converted(cell, other, false, now);
    }
}
