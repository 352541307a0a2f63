package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The chapters on waiting calls: their lateness, their throughput and their cost. */
final class Waiting {

    private Waiting() {}

    static Stream<Chapter> chapters(Run run) {
        return Stream.of(departures(run), overWaiters(run)).flatMap(Optional::stream);
    }

    private static Optional<Chapter> departures(Run run) {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (String percentile : List.of("50", "99")) {
            List<Bar> bars = run.bars("WaitersBenchmark.", "/late" + percentile);
            String meaning = percentile.equals("50") ? "median lateness" : "99th percentile of the lateness";
            if (!bars.isEmpty()) {
                String job = "1,000 departures a second, 50 waiting calls: " + meaning;
                panels.add(new Panel(job, "", Double.NaN, bars, "µs"));
                Verdict.least("1,000 departures a second, " + meaning, bars, 0, "µs")
                        .ifPresent(verdicts::add);
            }
        }
        List<Bar> throughput = new ArrayList<>(run.bars("WaitersBenchmark.", "/throughput"));
        Collections.reverse(throughput);
        if (!panels.isEmpty() && !throughput.isEmpty()) {
            String job = "A limit of 100,000 a second, 50 waiting calls: departures a second; more is better";
            panels.add(new Panel(job, "", Double.NaN, throughput, ""));
            Verdict.most("A limit of 100,000 a second", throughput, "departures/s")
                    .ifPresent(verdicts::add);
        }
        BarChart chart = new BarChart(
                "Waiting: lateness and throughput",
                "lateness of departures, less is better; departures a second, more is better",
                panels,
                run.programFooter(
                        run.any("WaitersBenchmark.", "/late50"),
                        run.environment().libraries(panels),
                        "WaitersBenchmark"));
        return Chapter.of("waiting", chart, verdicts);
    }

    private static Optional<Chapter> overWaiters(Run run) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (String method : List.of("begin", "giveUp")) {
            Map<Long, Interval> points = run.points("WaitersComplexity." + method);
            if (!points.isEmpty()) {
                String label = method.equals("begin") ? "beginning to wait" : "giving up";
                lines.add(new LineChart.Line(label, lines.size(), false, points));
            }
        }
        LineChart chart = new LineChart(
                "Cost of a waiting call over the number of waiting calls",
                "time of each, logarithmic; less is better; without a thread (acquireAsync)",
                "ns",
                "calls that wait at the same time",
                lines,
                run.programFooter(
                        "WaitersComplexity.begin/1", run.environment().libraries(List.of()), "WaitersBenchmark"));
        return lines.isEmpty() ? Optional.empty() : Optional.of(new Chapter("over-waiters", chart.svg(), List.of()));
    }
}
