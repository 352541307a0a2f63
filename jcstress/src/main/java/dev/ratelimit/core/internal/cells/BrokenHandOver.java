package dev.ratelimit.core.internal.cells;

/**
 * A broken twin of {@link CellTable}'s hand-over: no mark, no version, no second look at the fingerprint, no lock.
 *
 * <p>Its place is contested as in {@link ContestedPlace}, and held by key 1, which has taken one permit.
 */
final class BrokenHandOver {

    private final Gcra gcra = new Gcra(ContestedPlace.RATE);
    private final Places places = new Places(ContestedPlace.SMALLEST);
    private final int contested = places.home(1);
    private final long reading = gcra.reading(ContestedPlace.STILL.nanos());

    BrokenHandOver() {
        take(1);
    }

    void take(long fingerprint) {
        long cost = gcra.cost(1);
        if (places.find(fingerprint) == Places.NONE) {
            places.handOver(contested, fingerprint, gcra.cell(reading, cost, 0));
            return;
        }
        long before;
        do {
            before = places.cell(contested);
        } while (!places.exchange(contested, before, gcra.cell(reading, Gcra.debt(before, reading) + cost, 0)));
    }

    long remaining(long fingerprint) {
        boolean known = places.find(fingerprint) != Places.NONE;
        return gcra.remaining(known ? Gcra.debt(places.cell(contested), reading) : 0);
    }
}
