package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The chapters on the cost of a call: time, allocation, and the time over the number of keys; and of the cache. */
final class Decisions {

    private static final String LESS = "time of a call; less is better; the dashed line is the floor";

    private static final Group ADMIT =
            new Group("An allowed call", "SingleKeyBenchmark", "", "", "floorClockAndCas", List.of("allow"));
    private static final Group DENY =
            new Group("A refused call", "SingleKeyBenchmark", "Deny", "", "floorClock", List.of("deny"));
    private static final Group ONE_KEY =
            new Group("One key of 36 characters", "ManyKeysBenchmark", "", "/1", "floorMap", List.of("decide"));
    private static final Group MILLION_KEYS = new Group(
            "A million keys, by Zipf's law", "ManyKeysBenchmark", "", "/1000000", "floorMap", List.of("decide"));
    private static final Group NEW_KEYS = new Group(
            "Every key is new, 100,000 are kept",
            "NewKeysBenchmark",
            "",
            "",
            "floorKey",
            List.of("decide", "decideSaturated"));
    private static final Group HIGH = contended("A high limit: nearly all are allowed", "HighLimit", "");
    private static final Group LOW = contended("A low limit, 1,000 a second: nearly all are refused", "LowLimit", "");
    private static final Group SLOWEST =
            contended("A high limit: 99.99th percentile of the calls", "HighLimit", Group.SAMPLED);
    private static final Group CACHE = new Group(
            "A cached answer",
            "ResponseCacheBenchmark",
            "",
            "",
            "floorCaffeine",
            List.of("hit", "hitTwoThreads", "coalesced"));

    private Decisions() {}

    static Stream<Chapter> chapters(Run run) {
        return Stream.of(
                        times(run, "One budget: time of a decision", "one-budget", ADMIT, DENY),
                        times(run, "Known keys: time of a decision", "known-keys", ONE_KEY, MILLION_KEYS),
                        times(run, "New keys: time of a decision", "new-keys", NEW_KEYS),
                        times(run, "Two threads, one key: time of a decision", "two-threads", HIGH, LOW, SLOWEST),
                        allocations(run),
                        overKeys(run),
                        // The cache has no counterpart in the other libraries.
                        times(run, "Response cache", "cache", CACHE))
                .flatMap(Optional::stream);
    }

    private static Group contended(String title, String suffix, String param) {
        String floor = param.isEmpty() ? "floor" + suffix : "";
        return new Group(title, "ContendedBenchmark", suffix, param, floor, List.of("decide" + suffix));
    }

    private static Optional<Chapter> times(Run run, String title, String picture, Group... groups) {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        List<String> sampled = new ArrayList<>();
        String any = "";
        for (Group group : groups) {
            Panel panel = group.times(run.results());
            String one = run.any(group.type() + ".", group.param());
            any = any.isEmpty() ? one : any;
            if (panel.bars().isEmpty()) {
                continue;
            }
            panels.add(panel);
            Verdict.least(group.title(), panel.bars(), 0, "ns")
                    .map(verdict -> verdict.withFloor(panel))
                    .ifPresent(verdicts::add);
            if (group.equals(NEW_KEYS) && panel.hasFloor()) {
                Verdict.least("The same, minus the time of making the key", panel.bars(), panel.floorValue(), "ns")
                        .ifPresent(verdicts::add);
            }
            if (group.isSampled()) {
                sampled.add("99.99th percentile: with -bm sample" + run.options(one));
            }
        }
        List<String> footer = new ArrayList<>(run.jmhFooter(any, groups[0].type(), panels));
        footer.addAll(sampled);
        return Chapter.of(picture, new BarChart(title, LESS, panels, footer), verdicts);
    }

    private static Optional<Chapter> allocations(Run run) {
        List<Panel> panels = Stream.of(ADMIT, DENY, MILLION_KEYS, NEW_KEYS)
                .map(group -> group.allocations(run.results()))
                .filter(panel -> !panel.bars().isEmpty())
                .toList();
        List<Verdict> verdicts = panels.stream()
                .flatMap(panel -> Verdict.least(panel.title(), panel.bars(), 0, "bytes").stream())
                .toList();
        BarChart chart = new BarChart(
                "Allocation of a decision",
                "bytes a call; less is better; a new key is 80 bytes, which all rows include",
                panels,
                run.jmhFooter(run.any("SingleKeyBenchmark.", ""), "SingleKey|ManyKeys|NewKeys", panels));
        return Chapter.of("allocation", chart, verdicts);
    }

    private static Optional<Chapter> overKeys(Run run) {
        Map<Long, Interval> decide = run.points("TenMillionKeysBenchmark.decide");
        Map<Long, Interval> floor = run.points("TenMillionKeysBenchmark.floorMap");
        Map<Long, Interval> key = run.points("TenMillionKeysBenchmark.floorKey");
        if (decide.isEmpty() || floor.isEmpty()) {
            return Optional.empty();
        }
        List<LineChart.Line> lines = new ArrayList<>();
        lines.add(new LineChart.Line("ratelimit", 0, false, decide));
        lines.add(new LineChart.Line("ConcurrentHashMap", 1, true, floor));
        if (!key.isEmpty()) {
            lines.add(new LineChart.Line("getting the key", 5, true, key));
        }
        String any =
                "TenMillionKeysBenchmark.decide/" + decide.keySet().iterator().next();
        List<String> footer = new ArrayList<>(run.jmhFooter(any, "TenMillionKeys", List.of()));
        footer.add(
                "with -p keys=" + decide.keySet().stream().map(String::valueOf).collect(Collectors.joining(",")));
        LineChart chart = new LineChart(
                "A decision over the number of keys",
                "time of a call, logarithmic; less is better; all keys are equally frequent",
                "ns",
                "keys",
                lines,
                footer);
        List<Verdict> verdicts = new ArrayList<>();
        decide.forEach((keys, our) -> {
            Interval map = floor.get(keys);
            if (map != null) {
                verdicts.add(over(keys, our.score(), map.score()));
            }
        });
        return Optional.of(new Chapter("over-keys", chart.svg(), verdicts));
    }

    private static Verdict over(long keys, double our, double map) {
        String sentence = String.format(
                Locale.ROOT,
                "%,d key%s: %s; %s a bare `ConcurrentHashMap` lookup (%s)",
                keys,
                keys == 1 ? "" : "s",
                Numbers.with(our, "ns"),
                Verdict.times(our / map),
                Numbers.with(map, "ns"));
        return new Verdict(sentence, false);
    }
}
