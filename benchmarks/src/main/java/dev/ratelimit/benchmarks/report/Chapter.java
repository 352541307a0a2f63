package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * A picture of the report and its comparisons. The heading and the text are in {@code report.md}.
 *
 * @param picture the picture's file name, without the suffix
 * @param svg the picture
 * @param verdicts the comparisons
 */
record Chapter(String picture, String svg, List<Verdict> verdicts) {

    /** The chapter of a bar chart; empty if it has no panel. */
    static Optional<Chapter> of(String picture, BarChart chart, List<Verdict> verdicts) {
        return chart.panels().isEmpty()
                ? Optional.empty()
                : Optional.of(new Chapter(picture, chart.svg(), List.copyOf(verdicts)));
    }
}
