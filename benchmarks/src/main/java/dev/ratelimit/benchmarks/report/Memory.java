package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Optional;

/** The chapter on the memory of a key. */
final class Memory {

    private Memory() {}

    static Optional<Chapter> chapter(Run run) {
        List<Bar> bars = run.bars("CellFootprint.", "");
        List<Panel> panels = bars.isEmpty()
                ? List.of()
                : List.of(new Panel("A million keys of 36 characters, each used once", "", Double.NaN, bars, ""));
        BarChart chart = new BarChart(
                "Memory of a million keys",
                "bytes per key; less is better; libraries that keep the key include its 80 bytes",
                panels,
                run.programFooter("CellFootprint.ratelimit", run.environment().libraries(panels), "CellFootprint"));
        return Chapter.of(
                "bytes-per-key",
                chart,
                Verdict.least("A million keys", bars, 0, "bytes").stream().toList());
    }
}
