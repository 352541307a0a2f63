/**
 * The cost of a decision, compared with its floor: the same work without a limiter, in the same run.
 *
 * <p>Times differ between machines, the ratio to a floor hardly does; so it is ratios that have bounds ({@link
 * dev.ratelimit.benchmarks.Ratios}). {@code benchmarks/run} runs all of it.
 */
@NullMarked
package dev.ratelimit.benchmarks;

import org.jspecify.annotations.NullMarked;
