package dev.ratelimit.core.internal.cells;

/**
 * A broken twin of {@link CellTable}'s hand-over: no mark, no version, no second look at the fingerprint, no lock.
 *
 * <p>Its place is contested as in {@link ContestedPlace}. The checks that {@link CellTable} passes must catch it.
 */
public final class BrokenHandOver {

    private final Gcra gcra = new Gcra(ContestedPlace.RATE);
    private final Places places = new Places(ContestedPlace.SMALLEST);
    private final int contested = places.begin();
    private final long reading = gcra.reading(ContestedPlace.STILL.nanos());

    public long take(long fingerprint, long permits) {
        long cost = gcra.cost(permits);
        while (true) {
            if (places.find(fingerprint) == Places.NONE) {
                places.handOver(contested, fingerprint, gcra.cell(reading, cost, 0));
                return cost;
            }
            long before = places.cell(contested);
            long debt = Gcra.debt(before, reading);
            if (gcra.missing(debt, permits) > 0) {
                return -gcra.missing(debt, permits);
            }
            if (places.exchange(contested, before, gcra.cell(reading, debt + cost, 0))) {
                return debt + cost;
            }
        }
    }

    public long remaining(long fingerprint) {
        boolean known = places.find(fingerprint) != Places.NONE;
        return gcra.remaining(known ? Gcra.debt(places.cell(contested), reading) : 0);
    }
}
