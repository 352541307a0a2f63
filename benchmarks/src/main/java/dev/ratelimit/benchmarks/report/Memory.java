package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.List;
import java.util.Optional;

/** The chapter on the memory of a key. */
record Memory(Results results, Environment environment) {

    /** The chapter, if it was measured. */
    Optional<Chapter> chapter() {
        List<Bar> bars = figures().bars("CellFootprint.", "");
        if (bars.isEmpty()) {
            return Optional.empty();
        }
        BarChart chart = new BarChart(
                "Memory of a million keys",
                "bytes per key; less is better; libraries that keep the key include its 80 bytes",
                List.of(new Panel("A million keys of 36 characters, each used once", "", Double.NaN, bars, "")),
                Footer.program(
                        environment,
                        results,
                        "CellFootprint.ratelimit",
                        environment.libraries(bars.stream().map(Bar::label).toList()),
                        "benchmarks/run CellFootprint"));
        return Optional.of(new Chapter(
                "Memory",
                "The heap in use after a full collection. This library keeps no keys, only their hashes. The others keep each key,"
                        + " a string of 80 bytes, which counts, and a limiter object for each. Sentinel keeps at most 200,000 keys, so it"
                        + " has no row.",
                "bytes-per-key",
                chart.svg(),
                Verdict.least("A million keys", bars, 0, "bytes").stream().toList()));
    }

    private Figures figures() {
        return new Figures(results);
    }
}
