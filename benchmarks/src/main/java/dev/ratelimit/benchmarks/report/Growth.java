package dev.ratelimit.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The chapters on the time of a call over a count: of keys, and of waiting calls. */
final class Growth {

    private Growth() {}

    static Stream<Chapter> chapters(Run run) {
        return Stream.of(overKeys(run), overWaiters(run)).flatMap(Optional::stream);
    }

    private static Optional<Chapter> overKeys(Run run) {
        List<Line> lines = run.lines("TenMillionKeysBenchmark", "", List.of("decide", "floorMap", "floorKey"));
        if (lines.size() < 2 || !lines.get(1).label().equals("ConcurrentHashMap")) {
            return Optional.empty();
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (long keys : lines.get(0).points().keySet()) {
            List<Bar> bars = Line.bars(lines.subList(0, 2), keys);
            if (bars.size() > 1) {
                verdicts.add(over(
                        keys, bars.get(0).value().score(), bars.get(1).value().score()));
            }
        }
        String counts =
                lines.get(0).points().keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
        List<String> footer = run.footer(
                run.any("TenMillionKeysBenchmark.*/" + counts.replaceFirst(",.*", "")),
                run.environment().libraries(List.of()),
                "TenMillionKeys");
        footer.add("with -p keys=" + counts);
        LineChart chart = new LineChart(
                "A decision over the number of keys",
                "time of a call, logarithmic; less is better; all keys are equally frequent",
                "ns",
                "keys",
                lines,
                footer);
        return Optional.of(new Chapter("over-keys", chart.svg(), verdicts));
    }

    private static Verdict over(long keys, double our, double map) {
        String count = String.format(Locale.ROOT, "%,d key%s: ", keys, keys == 1 ? "" : "s");
        String ratio = Verdict.times(our / map) + " a bare `ConcurrentHashMap` lookup";
        return new Verdict(
                count + Numbers.with(our, "ns") + "; " + ratio + " (" + Numbers.with(map, "ns") + ")", false);
    }

    private static Optional<Chapter> overWaiters(Run run) {
        List<Line> lines = run.lines("WaitersComplexity", "", List.of("begin", "giveUp"));
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        LineChart chart = new LineChart(
                "Cost of a waiting call over the number of waiting calls",
                "time of each, logarithmic; less is better; without a thread (acquireAsync)",
                "ns",
                "calls that wait at the same time",
                lines,
                run.footer(
                        run.any("WaitersComplexity.*/1"), run.environment().libraries(List.of()), "WaitersBenchmark"));
        return Optional.of(new Chapter("over-waiters", chart.svg(), List.of()));
    }
}
