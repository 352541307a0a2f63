package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The chapters on waiting calls: their lateness, their throughput and their cost. */
record Waiting(Results results, Environment environment) {

    /** The measured chapters. */
    List<Chapter> chapters() {
        return Stream.of(departures(), overWaiters()).flatMap(Optional::stream).toList();
    }

    private Optional<Chapter> departures() {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        Map<String, String> percentiles = new LinkedHashMap<>();
        percentiles.put("late50", "median lateness");
        percentiles.put("late99", "99th percentile of the lateness");
        percentiles.forEach((percentile, meaning) -> {
            List<Bar> bars = figures().bars("WaitersBenchmark.", "/" + percentile);
            if (!bars.isEmpty()) {
                panels.add(new Panel(
                        "1,000 departures a second, 50 waiting calls: " + meaning, "", Double.NaN, bars, "µs"));
                Verdict.least("1,000 departures a second, " + meaning, bars, 0, "µs")
                        .ifPresent(verdicts::add);
            }
        });
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        List<Bar> throughput = new ArrayList<>(figures().bars("WaitersBenchmark.", "/throughput"));
        throughput.sort(Comparator.comparingDouble(bar -> -bar.value().score()));
        if (!throughput.isEmpty()) {
            panels.add(new Panel(
                    "A limit of 100,000 a second, 50 waiting calls: departures a second; more is better",
                    "",
                    Double.NaN,
                    throughput,
                    ""));
            Verdict.most("A limit of 100,000 a second", throughput, "departures/s")
                    .ifPresent(verdicts::add);
        }
        BarChart chart = new BarChart(
                "Waiting: lateness and throughput",
                "lateness of departures, less is better; departures a second, more is better",
                panels,
                Footer.program(
                        environment,
                        results,
                        results.names().stream()
                                .filter(name -> name.startsWith("WaitersBenchmark."))
                                .findFirst()
                                .orElse(""),
                        environment.libraries(Footer.labels(panels)),
                        "benchmarks/run WaitersBenchmark"));
        return Optional.of(new Chapter(
                "Waiting",
                "Requests that a policy shapes. The first departs without a wait. The n-th after it is due n turns later, and its lateness"
                        + " counts from there. In the other libraries each waiting call blocks a thread. Resilience4j waits for its next"
                        + " cycle, which is set to a millisecond with one permit; its turns count from the creation of its limiter. In this"
                        + " library a turn that no call took in time is lost, because the policy allows no burst. Guava saves up to a second's"
                        + " permits for later, and so catches up with the limit of 100,000 a second.",
                "waiting",
                chart.svg(),
                verdicts));
    }

    private Optional<Chapter> overWaiters() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("begin", "beginning to wait");
        labels.put("giveUp", "giving up");
        List<LineChart.Line> lines = new ArrayList<>();
        labels.forEach((method, label) -> {
            Map<Long, Interval> points = figures().points("WaitersComplexity." + method);
            if (!points.isEmpty()) {
                lines.add(new LineChart.Line(label, lines.size(), false, points));
            }
        });
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        LineChart chart = new LineChart(
                "Cost of a waiting call over the number of waiting calls",
                "time of each, logarithmic; less is better; without a thread (acquireAsync)",
                "ns",
                "calls that wait at the same time",
                lines,
                Footer.program(
                        environment,
                        results,
                        "WaitersComplexity.begin/1",
                        environment.libraries(List.of()),
                        "benchmarks/run WaitersBenchmark"));
        return Optional.of(new Chapter(
                "Up to a million waiting calls",
                "All calls wait for one key. The other libraries have no such case, because each of their waiting calls blocks a thread.",
                "over-waiters",
                chart.svg(),
                List.of()));
    }

    private Figures figures() {
        return new Figures(results);
    }
}
