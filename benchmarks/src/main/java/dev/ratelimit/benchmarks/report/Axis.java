package dev.ratelimit.benchmarks.report;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A logarithmic axis from one power of ten to another.
 *
 * @param from the exponent at its start
 * @param to the exponent at its end
 */
record Axis(int from, int to) {

    /** The axis that all values have room on. */
    static Axis over(DoubleStream values) {
        DoubleSummaryStatistics all = values.summaryStatistics();
        if (all.getCount() == 0 || all.getMin() <= 0) {
            throw new IllegalArgumentException("only positive values can stand on a logarithmic axis");
        }
        int from = (int) Math.floor(Math.log10(all.getMin()));
        return new Axis(from, Math.max(from + 1, (int) Math.ceil(Math.log10(all.getMax()))));
    }

    double least() {
        return Math.pow(10, from);
    }

    List<Double> marks() {
        return IntStream.rangeClosed(from, to).mapToObj(e -> Math.pow(10, e)).toList();
    }

    /** Where a value stands, between the places of start and end. */
    double at(double value, double start, double end) {
        return start + (end - start) * (Math.log10(value) - from) / (to - from);
    }
}
