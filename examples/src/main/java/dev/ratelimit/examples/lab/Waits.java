package dev.ratelimit.examples.lab;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long the requests of a tier had to wait their turn: all in all, and in the course of a run.
 *
 * <p><b>Thread-safety.</b> None.
 */
final class Waits {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram all = Measurements.histogram();
    private final long[] waited;
    private final long[] sum;
    private final long[] longest;

    Waits(int bins) {
        waited = new long[bins];
        sum = new long[bins];
        longest = new long[bins];
    }

    /** Counts a request that was due in a bin, if it had to wait at all. */
    void add(int bin, long nanos) {
        if (nanos > 0) {
            all.recordValue(nanos);
            waited[bin]++;
            sum[bin] += nanos;
            longest[bin] = Math.max(longest[bin], nanos);
        }
    }

    /** Returns the waits of those that had to wait, in nanoseconds. */
    Histogram histogram() {
        return all;
    }

    /** Returns the mean of those that had to wait in each bin, in milliseconds. */
    List<Double> meanMillis() {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < waited.length; i++) {
            means.add(waited[i] == 0 ? 0 : sum[i] / NANOS_PER_MILLI / waited[i]);
        }
        return means;
    }

    /** Returns the longest wait in each bin, in milliseconds. */
    List<Double> maxMillis() {
        List<Double> millis = new ArrayList<>();
        for (long nanos : longest) {
            millis.add(nanos / NANOS_PER_MILLI);
        }
        return millis;
    }
}
