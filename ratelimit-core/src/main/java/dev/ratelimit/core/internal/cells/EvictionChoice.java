package dev.ratelimit.core.internal.cells;

/**
 * Which place a new key takes: the first at home that is free or whose key is out of debt, looking from where the key is
 * looked for first; failing that, such a place of its second set; failing that, the one of sixteen with the least debt.
 *
 * <p>Debts at different rates are compared in permits, which is what a key would be given for nothing if it were
 * forgotten. A blackout counts as more than any debt; of blackouts, the one goes that ends first.
 */
final class EvictionChoice {

    private static final long IN_TRANSIT = Long.MAX_VALUE;

    /** The debt that counts as least of those of blackouts, whose nanoseconds are added to it. */
    private static final long BLACKOUT = Long.MAX_VALUE - (1L << 56);

    private final Places places;
    private final RateNumbers numbers;

    EvictionChoice(Places places, RateNumbers numbers) {
        this.places = places;
        this.numbers = numbers;
    }

    /** The place that a new key takes, free or not; none if all change hands at this moment. */
    int placeFor(long fingerprint, Gcra rate, long now) {
        int atHome = leastIndebted(places.home(fingerprint), fingerprint, rate, now);
        if (atHome != Places.NONE && debt(places.cell(atHome), rate, now) <= 0) {
            return atHome;
        }
        int away = leastIndebted(places.secondHome(fingerprint), fingerprint, rate, now);
        if (away == Places.NONE || atHome == Places.NONE) {
            return away == Places.NONE ? atHome : away;
        }
        return debt(places.cell(away), rate, now) < debt(places.cell(atHome), rate, now) ? away : atHome;
    }

    private int leastIndebted(int set, long fingerprint, Gcra rate, long now) {
        int start = Places.start(fingerprint);
        int least = Places.NONE;
        long leastDebt = IN_TRANSIT;
        for (int i = 0; i < Places.SET_END; i += Places.STEP) {
            int place = set + ((start + i) & (Places.SET_END - 1));
            long debt = debt(places.cell(place), rate, now);
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

    /** Whether a key in debt would be forgotten. */
    boolean isInDebt(long cell, Gcra rate, long now) {
        return debt(cell, rate, now) > 0;
    }

    /** Debt to compare places by, in a rate's units: zero or less if out of debt. */
    private long debt(long cell, Gcra rate, long now) {
        long number = Cell.number(cell);
        if (number == rate.number() && number != Cell.BLACKOUT) {
            return Math.min(BLACKOUT, Gcra.distance(cell, rate.reading(now)));
        }
        if (!Cell.hasPosition(cell)) {
            return number == Cell.FREE ? 0 : IN_TRANSIT;
        }
        Gcra other = numbers.of(number);
        // A number that has just been given up: its cells were freed before.
        long debt = other == null ? 0 : Gcra.distance(cell, other.reading(now));
        if (other == null || debt <= 0) {
            return 0;
        }
        return number == Cell.BLACKOUT
                ? BLACKOUT + other.nanos(debt)
                : Math.min(BLACKOUT, Math.max(1, rate.near(debt, other)));
    }

    /** The nanoseconds until the first of the places that a new key could have is out of debt; zero if one is. */
    long nanosUntilFree(long fingerprint, long now) {
        return Math.min(
                nanosUntilFreeIn(places.home(fingerprint), now), nanosUntilFreeIn(places.secondHome(fingerprint), now));
    }

    private long nanosUntilFreeIn(int set, long now) {
        long least = Long.MAX_VALUE;
        for (int place = set; place < set + Places.SET_END; place += Places.STEP) {
            long cell = places.cell(place);
            Gcra rate = Cell.hasPosition(cell) ? numbers.of(Cell.number(cell)) : null;
            // One in transit is as good as free: a key that comes back at once will see.
            least = Math.min(least, rate == null ? 0 : rate.nanos(Gcra.distance(cell, rate.reading(now))));
        }
        return least;
    }
}
