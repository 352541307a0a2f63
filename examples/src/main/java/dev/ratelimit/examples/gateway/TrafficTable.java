package dev.ratelimit.examples.gateway;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * The table at the end of a run: for each tier, what was offered, what became of it, how many waited their turn and how
 * long, and how long the admitted took in all.
 */
final class TrafficTable {

    private static final double NANOS_PER_MILLI = 1e6;

    private TrafficTable() {}

    static void print(Measurements measured, PrintStream out) {
        out.println(
                "                           ----- refused by -----          -- waited, ms --   - latency of the admitted, ms -");
        out.println(
                "tier      offered admitted   tier    node account errors   count    p50    max      p50     p90     p99     max");
        Tally tally = measured.tally();
        Histogram all = Measurements.histogram();
        Histogram waits = Measurements.histogram();
        for (Tier tier : Tier.values()) {
            all.add(measured.latencies(tier));
            waits.add(measured.waits(tier).histogram());
            row(
                    out,
                    tier.label(),
                    tally.of(tier),
                    outcome -> tally.of(tier, outcome),
                    measured.waits(tier).histogram(),
                    measured.latencies(tier));
        }
        long offered = Arrays.stream(Tier.values()).mapToLong(tally::of).sum();
        row(out, "all", offered, tally::of, waits, all);
    }

    private static void row(
            PrintStream out,
            String name,
            long offered,
            ToLongFunction<Outcome> count,
            Histogram waits,
            Histogram latencies) {
        out.printf(
                Locale.ROOT,
                "%-8s %,8d %,8d %,6d %,7d %,7d %,6d %,7d %6.1f %6.1f  %7.1f %7.1f %7.1f %7.1f%n",
                name,
                offered,
                count.applyAsLong(Outcome.ADMITTED),
                count.applyAsLong(Outcome.REFUSED_BY_TIER),
                count.applyAsLong(Outcome.REFUSED_BY_NODE),
                count.applyAsLong(Outcome.REFUSED_BY_ACCOUNT),
                count.applyAsLong(Outcome.ERROR),
                waits.getTotalCount(),
                waits.getValueAtPercentile(50) / NANOS_PER_MILLI,
                waits.getMaxValue() / NANOS_PER_MILLI,
                latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
                latencies.getValueAtPercentile(90) / NANOS_PER_MILLI,
                latencies.getValueAtPercentile(99) / NANOS_PER_MILLI,
                latencies.getMaxValue() / NANOS_PER_MILLI);
    }
}
