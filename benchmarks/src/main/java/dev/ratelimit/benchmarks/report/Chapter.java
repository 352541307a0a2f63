package dev.ratelimit.benchmarks.report;

import java.util.List;

/**
 * A picture of the report and its comparisons. The heading and the text are in {@code report.md}.
 *
 * @param picture the picture's file name, without the suffix
 * @param svg the picture
 * @param verdicts the comparisons
 */
record Chapter(String picture, String svg, List<Verdict> verdicts) {}
