package dev.ratelimit.core.internal.cells;

import dev.ratelimit.Rate;
import java.util.List;

/**
 * A broken twin of {@link RateChanges}: one place whose cell is converted when the rate changes, and two numbers that are
 * given by turns, whatever is under way.
 */
final class BrokenNumbers {

    private final List<Rate> rates;
    private final Places places = new Places(ContestedPlace.SMALLEST);
    private final int place = places.begin();
    private volatile Gcra current;
    private int changes;

    BrokenNumbers(List<Rate> rates) {
        this.rates = rates;
        this.current = gcra(0);
    }

    private Gcra gcra(int change) {
        Rate rate = rates.get(change % rates.size());
        return new Scale(rate, Units.of(rate), Cell.FIRST_RATE + change % 2, 0).gcra();
    }

    boolean take(long permits) {
        Gcra rate = current;
        while (true) {
            long before = places.cell(place);
            if (Cell.number(before) != Cell.FREE && Cell.number(before) != rate.number()) {
                rate = current;
                continue;
            }
            long reading = rate.reading(ContestedPlace.STILL.nanos());
            if (rate.missing(Gcra.debt(before, reading), permits) > 0) {
                return false;
            }
            if (places.exchange(place, before, rate.charged(before, reading, rate.cost(permits)))) {
                return true;
            }
        }
    }

    long remaining() {
        while (true) {
            Gcra rate = current;
            long cell = places.cell(place);
            if (Cell.number(cell) == Cell.FREE || Cell.number(cell) == rate.number()) {
                return rate.remaining(Gcra.debt(cell, rate.reading(ContestedPlace.STILL.nanos())));
            }
        }
    }

    synchronized void change() {
        Gcra before = current;
        Gcra after = gcra(++changes);
        current = after;
        while (true) {
            long cell = places.cell(place);
            if (Cell.number(cell) != before.number()
                    || places.exchange(
                            place, cell, after.converted(cell, before, false, ContestedPlace.STILL.nanos()))) {
                return;
            }
        }
    }
}
