package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Tier;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How well a run kept to its schedule: a picture of one that did not would show the machine, and not the limits.
 *
 * @param late how late the driver sent, at the 99th percentile, in nanoseconds
 * @param latency the latency of what was allowed and is not shaped, at the 99th percentile, in nanoseconds
 */
record Pace(long late, long latency) {

    /** The exit status of a run that could not keep up. */
    static final int TOO_BUSY = 3;

    private static final Duration MAX = Duration.ofMillis(50);
    private static final String RED = "\u001b[1;37;41m";
    private static final String PLAIN = "\u001b[0m";

    static Pace of(Measurements measured) {
        Histogram latencies = Measurements.histogram();
        for (Tier tier : Tier.values()) {
            if (tier.policy().maxDelay().isZero()) {
                latencies.add(measured.latencies(tier));
            }
        }
        return new Pace(measured.late().getValueAtPercentile(99), latencies.getValueAtPercentile(99));
    }

    boolean isKept() {
        return late <= MAX.toNanos() && latency <= MAX.toNanos();
    }

    /** Says how well the run kept to its schedule, and if it did not, so that nobody overlooks it. */
    void print(PrintStream out, boolean terminal) {
        out.printf(
                Locale.ROOT,
                "of 100 requests, 99 were sent within %.1f ms of their time; of what is not shaped, 99 were answered"
                        + " within %.1f ms of it%n",
                late / 1e6,
                latency / 1e6);
        if (!isKept()) {
            String text =
                    "  THIS MACHINE COULD NOT KEEP UP: the figures and the picture show how busy it is, and not the"
                            + " limits. Try again when it is idle.  ";
            out.println(
                    terminal
                            ? RED + text + PLAIN
                            : "*".repeat(text.length()) + "\n" + text + "\n" + "*".repeat(text.length()));
        }
    }
}
