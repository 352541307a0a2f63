package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;

/**
 * One measurement as a bar.
 *
 * @param label the name of the library
 * @param value the value with its error
 * @param ours whether it is this library
 */
record Bar(String label, Interval value, boolean ours) {}
