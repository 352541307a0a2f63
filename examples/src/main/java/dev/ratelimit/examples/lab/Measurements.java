package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Tally;
import dev.ratelimit.examples.gateway.Tier;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a load driver saw on the wire: outcomes, latencies, and how both went over time.
 *
 * <p>A latency runs from the moment at which the request was due, not from when it could be sent: time spent waiting
 * behind a stalled gateway counts (no coordinated omission).
 *
 * <p><b>Thread-safety.</b> Requests may be counted by any number of threads; the rest is for when they are done.
 */
final class Measurements {

    /** How many columns the picture has in time. */
    static final int BINS = 50;

    private static final long SHORTEST_NANOS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;

    private final Schedule schedule;
    private final Tally tally = new Tally();
    private final Map<Tier, Histogram> latencies = new EnumMap<>(Tier.class);
    private final Map<Tier, Waits> waits = new EnumMap<>(Tier.class);
    private final Histogram late = histogram();
    private final long[][] offered;
    private final long[][] allowed;
    private final long[] fromCache = new long[BINS];
    private long allowedAfterTheEnd;

    Measurements(Schedule schedule) {
        this.schedule = schedule;
        for (Tier tier : Tier.values()) {
            latencies.put(tier, histogram());
            waits.put(tier, new Waits(BINS));
        }
        offered = new long[schedule.sources().size()][BINS];
        allowed = new long[schedule.sources().size()][BINS];
    }

    /**
     * Counts one request.
     *
     * @param sent when it was sent, in nanoseconds since the start of the run
     * @param answered when its answer was there
     * @param waited how long the gateway let it wait its turn, in nanoseconds
     */
    synchronized void add(Schedule.Arrival arrival, Outcome outcome, long sent, long answered, long waited) {
        Tier tier = schedule.source(arrival).tier();
        tally.add(tier, outcome, 1);
        offered[arrival.source()][bin(arrival.nanos())]++;
        late.recordValue(Math.min(MAX_NANOS, Math.max(0, sent - arrival.nanos())));
        if (outcome.isAnswered()) {
            latencies(tier).recordValue(Math.min(MAX_NANOS, answered - arrival.nanos()));
            waits(tier).add(bin(arrival.nanos()), Math.min(MAX_NANOS, waited));
            // By its answer: what was allowed late must not be drawn into a time in which it was not.
            if (answered < schedule.length().toNanos()) {
                allowed[arrival.source()][bin(answered)]++;
                if (outcome == Outcome.FROM_CACHE) {
                    fromCache[bin(answered)]++;
                }
            } else {
                allowedAfterTheEnd++;
            }
        }
    }

    /** Returns an empty histogram for latencies in nanoseconds. */
    static Histogram histogram() {
        return new Histogram(SHORTEST_NANOS, MAX_NANOS, DIGITS);
    }

    private int bin(long nanos) {
        return (int) Math.min(BINS - 1, nanos * BINS / schedule.length().toNanos());
    }

    Schedule schedule() {
        return schedule;
    }

    Tally tally() {
        return tally;
    }

    /** Returns the latencies of the allowed requests of a tier, in nanoseconds. */
    Histogram latencies(Tier tier) {
        return Objects.requireNonNull(latencies.get(tier));
    }

    /** Returns how long the allowed requests of a tier had to wait their turn. */
    Waits waits(Tier tier) {
        return Objects.requireNonNull(waits.get(tier));
    }

    /** Returns how late requests were sent, in nanoseconds: what the driver itself could not keep up with. */
    Histogram late() {
        return late;
    }

    /** Returns how many answers allowed after the last bin: they are in none. */
    long allowedAfterTheEnd() {
        return allowedAfterTheEnd;
    }

    /** Returns the requests per second of a source that were due in each bin. */
    List<Double> offeredPerSecond(int source) {
        return perSecond(offered[source]);
    }

    /** Returns the requests per second of a source whose allowing answers came in each bin. */
    List<Double> allowedPerSecond(int source) {
        return perSecond(allowed[source]);
    }

    /** Returns the requests per second that the cache answered in each bin. */
    List<Double> fromCachePerSecond() {
        return perSecond(fromCache);
    }

    Duration bin() {
        return schedule.length().dividedBy(BINS);
    }

    private List<Double> perSecond(long[] counts) {
        return Arrays.stream(counts)
                .mapToObj(count -> count * 1e9 / bin().toNanos())
                .toList();
    }
}
