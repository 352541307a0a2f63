package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;
import java.util.List;
import java.util.SortedMap;

/**
 * One line of a chart.
 *
 * @param label its name
 * @param dashed whether it is dashed, as a floor is
 * @param points the measured values, by count; at least one
 */
record Line(String label, boolean dashed, SortedMap<Long, Interval> points) {

    Interval last() {
        return List.copyOf(points.values()).get(points.size() - 1);
    }

    /** What lines have at a count, in their order. */
    static List<Bar> bars(List<Line> lines, long count) {
        return lines.stream()
                .filter(line -> line.points.containsKey(count))
                .map(line -> new Bar(line.label, line.points.get(count), line.label.startsWith("ratelimit")))
                .toList();
    }
}
