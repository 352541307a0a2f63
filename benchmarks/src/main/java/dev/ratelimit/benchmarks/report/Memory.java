package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.List;
import java.util.Optional;

/** The chapter on what a key costs in memory. */
record Memory(Results results, Environment environment) {

    /** The chapter, if it was measured. */
    Optional<Chapter> chapter() {
        List<Bar> bars = figures().bars("CellFootprint.", "");
        if (bars.isEmpty()) {
            return Optional.empty();
        }
        BarChart chart = new BarChart(
                "Memory of a million keys",
                "bytes retained per key, of which 80 are the key itself where it is kept; less is better",
                List.of(new Panel("A million keys of 36 characters, each asked once", "", Double.NaN, bars)),
                Footer.program(
                        environment,
                        results,
                        "CellFootprint.ratelimit",
                        environment.libraries(),
                        "benchmarks/run CellFootprint"));
        return Optional.of(new Chapter(
                "Memory",
                "By the heap in use after a full collection, with everything that is reached. Ours keeps no keys, only what a hash"
                        + " function makes of them; the others keep the key, a string of 80 bytes, which is counted, and a limiter of"
                        + " its own for each. Sentinel keeps 200,000 keys at most, so it has no row.",
                "bytes-per-key",
                chart.svg(),
                Verdict.least("A million keys", bars, 0, "bytes").stream().toList()));
    }

    private Figures figures() {
        return new Figures(results);
    }
}
