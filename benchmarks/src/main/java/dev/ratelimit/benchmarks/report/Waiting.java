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

/** The chapters on those who wait: how late they depart, how many do, and what each costs. */
record Waiting(Results results, Environment environment) {

    /** Those that were measured. */
    List<Chapter> chapters() {
        return Stream.of(departures(), overWaiters()).flatMap(Optional::stream).toList();
    }

    private Optional<Chapter> departures() {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        Map<String, String> percentiles = new LinkedHashMap<>();
        percentiles.put("late50", "half are at most so late");
        percentiles.put("late99", "99 of 100 are at most so late");
        percentiles.forEach((percentile, meaning) -> {
            List<Bar> bars = figures().bars("WaitersBenchmark.", "/" + percentile);
            if (!bars.isEmpty()) {
                panels.add(
                        new Panel("A thousand departures a second, fifty waiting: " + meaning, "", Double.NaN, bars));
                Verdict.least(meaning, bars, 0, "µs").ifPresent(verdicts::add);
            }
        });
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        List<Bar> throughput = new ArrayList<>(figures().bars("WaitersBenchmark.", "/throughput"));
        throughput.sort(Comparator.comparingDouble(bar -> -bar.value().score()));
        if (!throughput.isEmpty()) {
            panels.add(new Panel(
                    "100,000 a second asked for, fifty waiting: departures a second; more is better",
                    "",
                    Double.NaN,
                    throughput));
            Verdict.most("100,000 a second asked for", throughput, "departures/s")
                    .ifPresent(verdicts::add);
        }
        BarChart chart = new BarChart(
                "Waiting: how late, how many",
                "microseconds late, less is better; and departures a second, more is better",
                panels,
                Footer.program(
                        environment,
                        results,
                        results.names().stream()
                                .filter(name -> name.startsWith("WaitersBenchmark."))
                                .findFirst()
                                .orElse(""),
                        environment.libraries(),
                        "benchmarks/run WaitersBenchmark"));
        return Optional.of(new Chapter(
                "Waiting",
                "Requests that are shaped. The first takes its turn without a wait; how late the n-th after it departs, is counted from"
                        + " there and n turns. Others wait with a thread only. Resilience4j waits for its next cycle, which is set to a"
                        + " millisecond with one permit; its turns are counted from the instant its limiter was made. A turn that"
                        + " nobody took in time is lost with ours, as no burst was asked for; Guava gives up to a second's permits"
                        + " later, and so catches up with the 100,000 asked for.",
                "waiting",
                chart.svg(),
                verdicts));
    }

    private Optional<Chapter> overWaiters() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("begin", "to begin to wait");
        labels.put("giveUp", "to give up");
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
                "One who waits, over the number of those who wait",
                "nanoseconds each, logarithmic; less is better; without a thread (acquireAsync)",
                "waiting at the same time",
                lines,
                Footer.program(
                        environment,
                        results,
                        "WaitersComplexity.begin/1",
                        "ratelimit " + environment.version("ratelimit") + " (" + environment.get("commit") + ")",
                        "benchmarks/run WaitersBenchmark"));
        return Optional.of(new Chapter(
                "Up to a million waiting",
                "All on one key. The others cannot do this: each who waits there is a thread.",
                "over-waiters",
                chart.svg(),
                List.of()));
    }

    private Figures figures() {
        return new Figures(results);
    }
}
