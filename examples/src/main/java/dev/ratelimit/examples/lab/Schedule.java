package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Scale;
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

    private static final int MOMENTS = 1000;

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

    /** Returns the schedule of a seed, at the full scale. */
    static Schedule of(List<Source> sources, Duration length, long seed) {
        return of(sources, length, seed, Scale.FULL);
    }

    /** Returns the schedule of a seed: for the same arguments, always the same. */
    static Schedule of(List<Source> sources, Duration length, long seed, Scale scale) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Arrival> arrivals = new ArrayList<>();
        for (int source = 0; source < sources.size(); source++) {
            addPoisson(arrivals, source, sources.get(source).shape(), scale, length, random.split());
        }
        arrivals.sort(Comparator.comparingLong(Arrival::nanos));
        return new Schedule(List.copyOf(sources), length, arrivals);
    }

    /** Adds a Poisson process whose rate changes, by thinning one of the highest rate (Lewis and Shedler 1979). */
    private static void addPoisson(
            List<Arrival> arrivals, int source, Shape shape, Scale scale, Duration length, SplittableRandom random) {
        double end = length.toNanos() / 1e9;
        double highest = shape.highest();
        double highestHere = highest * scale.percent() / 100;
        double at = 0;
        int serial = 0;
        while (true) {
            at -= Math.log1p(-random.nextDouble()) / highestHere;
            if (at >= end) {
                return;
            }
            if (random.nextDouble() * highest < shape.perSecond(at / end)) {
                arrivals.add(new Arrival((long) (at * 1e9), source, serial++));
            }
        }
    }

    /** Returns the highest rate of sources together, in requests per second, at the full scale. */
    static double highest(List<Source> sources) {
        double highest = 0;
        for (int part = 0; part < MOMENTS; part++) {
            double at = (double) part / MOMENTS;
            highest = Math.max(
                    highest,
                    sources.stream()
                            .mapToDouble(source -> source.shape().perSecond(at))
                            .sum());
        }
        return highest;
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
