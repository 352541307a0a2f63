package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;

/**
 * One measurement as a bar.
 *
 * @param label whose it is
 * @param value the value and between what it lies
 * @param ours whether it is this library's
 */
record Bar(String label, Interval value, boolean ours) {}
