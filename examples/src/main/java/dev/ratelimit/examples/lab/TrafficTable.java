package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Tally;
import dev.ratelimit.examples.gateway.Tier;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * The tables at the end of a run: for each tier, the requests and their results; then how many of the allowed
 * waited their turn, how long, and how long the allowed took in all.
 */
final class TrafficTable {

    private static final double NANOS_PER_MILLI = 1e6;

    private TrafficTable() {}

    static void print(Measurements measured, PrintStream out) {
        printOutcomes(measured.tally(), out);
        out.println();
        printTimes(measured, out);
    }

    private static void printOutcomes(Tally tally, PrintStream out) {
        out.println("                                               refused by");
        out.println("tier        offered allowed  from cache     tier     node    quota  account  errors");
        for (Tier tier : Tier.values()) {
            row(out, tier.label(), tally.of(tier), tally.answered(tier), outcome -> tally.of(tier, outcome));
        }
        long offered = Arrays.stream(Tier.values()).mapToLong(tally::of).sum();
        row(out, "all", offered, tally.answered(), tally::of);
    }

    private static void row(PrintStream out, String name, long offered, long answered, ToLongFunction<Outcome> count) {
        out.printf(
                Locale.ROOT,
                "%-9s %,9d %,8d %,11d %,8d %,8d %,8d %,8d %,7d%n",
                name,
                offered,
                answered,
                count.applyAsLong(Outcome.FROM_CACHE),
                count.applyAsLong(Outcome.REFUSED_BY_TIER),
                count.applyAsLong(Outcome.REFUSED_BY_NODE),
                count.applyAsLong(Outcome.REFUSED_BY_QUOTA),
                count.applyAsLong(Outcome.REFUSED_BY_ACCOUNT),
                count.applyAsLong(Outcome.ERROR));
    }

    private static void printTimes(Measurements measured, PrintStream out) {
        out.println("             waited      delay of these, ms    latency of all allowed, ms");
        out.println("tier      their turn    p50     p99     max     p50     p90     p99     max");
        Histogram delays = Measurements.histogram();
        Histogram latencies = Measurements.histogram();
        for (Tier tier : Tier.values()) {
            Histogram delaysOfTier = measured.waits(tier).histogram();
            row(out, tier.label(), delaysOfTier, measured.latencies(tier));
            delays.add(delaysOfTier);
            latencies.add(measured.latencies(tier));
        }
        row(out, "all", delays, latencies);
    }

    private static void row(PrintStream out, String name, Histogram delays, Histogram latencies) {
        out.printf(
                Locale.ROOT,
                "%-9s %,10d %s %s %s %s %s %s %s%n",
                name,
                delays.getTotalCount(),
                millis(delays, 50),
                millis(delays, 99),
                millis(delays, 100),
                millis(latencies, 50),
                millis(latencies, 90),
                millis(latencies, 99),
                millis(latencies, 100));
    }

    private static String millis(Histogram nanos, int percentile) {
        return nanos.getTotalCount() == 0
                ? "      -"
                : String.format(Locale.ROOT, "%7.1f", nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI);
    }
}
