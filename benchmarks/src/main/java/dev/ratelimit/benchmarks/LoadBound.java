package dev.ratelimit.benchmarks;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How many times the throughput of a floor a way must have at least; not a number where it is only for comparison. */
record LoadBound(String way, String floor, double atLeast) {

    /** What was measured, and whether it is enough. */
    String line(Map<String, Throughput> throughputs) {
        Throughput ratio = of(throughputs, way).over(of(throughputs, floor));
        String verdict = Double.isNaN(atLeast)
                ? "no bound"
                : String.format(
                        Locale.ROOT, "bound >= %.1f: %s", atLeast, ratio.median() >= atLeast ? "holds" : "MISSED");
        return String.format("%s / %s: %s, %s", way, floor, ratio.text(2).strip(), verdict);
    }

    private static Throughput of(Map<String, Throughput> throughputs, String name) {
        return Objects.requireNonNull(throughputs.get(name), name);
    }
}
