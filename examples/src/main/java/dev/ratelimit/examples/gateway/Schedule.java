package dev.ratelimit.examples.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The arrivals of a run, fixed beforehand by a seed: which source sends its next request when.
 *
 * <p>Real clients do not wait for each other, and so the schedule does not wait for answers either (an open loop). What
 * is late is late; a slow gateway cannot make the load lighter.
 */
final class Schedule {

    private final List<Source> sources;
    private final Duration length;
    private final List<Arrival> arrivals;

    /**
     * One request.
     *
     * @param nanos when it is due, since the start of the run
     * @param source the index of its source
     * @param serial its number within the source
     */
    record Arrival(long nanos, int source, int serial) {}

    private Schedule(List<Source> sources, Duration length, List<Arrival> arrivals) {
        this.sources = sources;
        this.length = length;
        this.arrivals = arrivals;
    }

    /** Returns the schedule of a seed: for the same arguments, always the same. */
    static Schedule of(List<Source> sources, Duration length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Arrival> arrivals = new ArrayList<>();
        for (int source = 0; source < sources.size(); source++) {
            addPoisson(arrivals, source, sources.get(source).shape(), length, random.split());
        }
        arrivals.sort(Comparator.comparingLong(Arrival::nanos));
        return new Schedule(List.copyOf(sources), length, arrivals);
    }

    /** Adds a Poisson process whose rate changes, by thinning one of the highest rate (Lewis and Shedler 1979). */
    private static void addPoisson(
            List<Arrival> arrivals, int source, Shape shape, Duration length, SplittableRandom random) {
        double end = length.toNanos() / 1e9;
        double highest = shape.highest();
        double at = 0;
        int serial = 0;
        while (true) {
            at -= Math.log1p(-random.nextDouble()) / highest;
            if (at >= end) {
                return;
            }
            if (random.nextDouble() * highest < shape.perSecond(at / end)) {
                arrivals.add(new Arrival((long) (at * 1e9), source, serial++));
            }
        }
    }

    List<Source> sources() {
        return sources;
    }

    Source source(Arrival arrival) {
        return sources.get(arrival.source());
    }

    Duration length() {
        return length;
    }

    List<Arrival> arrivals() {
        return arrivals;
    }
}
