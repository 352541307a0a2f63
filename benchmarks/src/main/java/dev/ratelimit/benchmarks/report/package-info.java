/**
 * The report: raw results in, a page and its pictures out.
 *
 * <p>{@link dev.ratelimit.benchmarks.report.Report} reads, {@link dev.ratelimit.benchmarks.report.Chapter} says what
 * belongs together, {@link dev.ratelimit.benchmarks.report.BarChart} and
 * {@link dev.ratelimit.benchmarks.report.LineChart} draw. They write SVG by themselves: bars with errors, a floor
 * across them and the machine below are a few shapes.
 */
@NullMarked
package dev.ratelimit.benchmarks.report;

import org.jspecify.annotations.NullMarked;
