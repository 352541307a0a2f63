/**
 * The report: raw results in, a page and its pictures out.
 *
 * <p>{@link dev.ratelimit.benchmarks.report.Report} reads the results. The classes that make
 * {@link dev.ratelimit.benchmarks.report.Chapter}s compare them, and {@link dev.ratelimit.benchmarks.report.BarChart}
 * and {@link dev.ratelimit.benchmarks.report.LineChart} draw them as SVG. The text of all chapters is in
 * {@code report.md}, and the pictures of bars are listed in {@code comparisons.json}.
 */
@NullMarked
package dev.ratelimit.benchmarks.report;

import org.jspecify.annotations.NullMarked;
