package dev.ratelimit.core.internal.cells;

/**
 * What is done to all cells of a table now and then: positions that have passed are freed, cells of a rate that was
 * replaced are converted.
 *
 * <p>Each cell is exchanged by itself, while others go on charging.
 */
final class Upkeep {

    private final Places places;
    private final RateNumbers numbers;

    Upkeep(Places places, RateNumbers numbers) {
        this.places = places;
        this.numbers = numbers;
    }

    /** Frees every position, read right at an anchor, that had passed at an instant. */
    void sweep(long anchor, long instant) {
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            free(place, anchor, instant);
        }
    }

    /** Frees a place if its position had passed; returns the cell that is there then. */
    private long free(int place, long anchor, long instant) {
        while (true) {
            long before = places.cell(place);
            Gcra rate = Cell.hasPosition(before) ? numbers.of(Cell.number(before)) : null;
            if (rate == null || !rate.hasPassed(before, anchor, instant)) {
                return before;
            }
            if (places.exchange(place, before, Cell.freed(before))) {
                return Cell.freed(before);
            }
        }
    }

    /** Whether no cell has a number of which no new cells are made, once those that have passed are freed. */
    boolean isFree(int number, long now) {
        boolean free = true;
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            if (Cell.number(places.cell(place)) == number) {
                free &= Cell.number(free(place, now, now)) != number;
            }
        }
        return free;
    }

    /** Makes all cells of a rate cells of another, with a debt of as many permits. */
    void convert(Gcra from, Gcra to, long now) {
        for (int place = places.begin(); place < places.end(); place += Places.STEP) {
            long before = places.cell(place);
            while (Cell.number(before) == from.number() && from.number() != to.number()) {
                if (places.exchange(place, before, inUnitsOf(to, before, now))) {
                    break;
                }
                before = places.cell(place);
            }
        }
    }

    /** The cell as it would be if the key had had this rate all along. */
    long inUnitsOf(Gcra rate, long cell, long now) {
        long number = Cell.number(cell);
        if (number == rate.number() || number == Cell.FREE) {
            return cell;
        }
        Gcra other = numbers.of(number);
        long debt = other == null ? 0 : Gcra.debt(cell, other.reading(now));
        return other == null || debt == 0
                ? Cell.freed(cell)
                : rate.cell(rate.reading(now), rate.converted(debt, other), cell);
    }
}
