package dev.ratelimit.benchmarks.report;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A logarithmic axis.
 *
 * @param from the exponent of ten at its start
 * @param to the exponent of ten at its end
 */
record Axis(double from, double to) {

    /** The axis from one power of ten to another that all values have room on. */
    static Axis over(DoubleStream values) {
        DoubleSummaryStatistics all = values.summaryStatistics();
        if (all.getCount() == 0 || all.getMin() <= 0) {
            throw new IllegalArgumentException("only positive values can stand on a logarithmic axis");
        }
        double from = Math.floor(Math.log10(all.getMin()));
        return new Axis(from, Math.max(from + 1, Math.ceil(Math.log10(all.getMax()))));
    }

    /** The axis from the first of these counts to the last, or ten times the first if there is no other. */
    static Axis from(double first, double last) {
        return new Axis(Math.log10(first), first == last ? Math.log10(first) + 1 : Math.log10(last));
    }

    List<Double> marks() {
        return IntStream.rangeClosed((int) from, (int) to)
                .mapToObj(e -> Math.pow(10, e))
                .toList();
    }

    /** Where a value stands, between the places of start and end. */
    double at(double value, double start, double end) {
        return start + (end - start) * (Math.log10(value) - from) / (to - from);
    }
}
