package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The chapters on what a decision costs: time, allocation, and how both go with the number of keys. */
record Decisions(Results results, Environment environment) {

    private static final String LESS = "nanoseconds a call; less is better; the dashed line is the floor";

    private static final Group ADMIT = new Group(
            "A call that is allowed",
            "SingleKeyBenchmark",
            "",
            "",
            Map.of("allow", "ratelimit"),
            "floorClockAndCas",
            "read the clock, one compare-and-set");
    private static final Group DENY = new Group(
            "A call that is refused",
            "SingleKeyBenchmark",
            "Deny",
            "",
            Map.of("deny", "ratelimit"),
            "floorClock",
            "read the clock");
    private static final Group ONE_KEY = new Group(
            "One key of 36 characters",
            "ManyKeysBenchmark",
            "",
            "/1",
            Map.of("decide", "ratelimit"),
            "floorMap",
            "ConcurrentHashMap, clock, compare-and-set");
    private static final Group MILLION_KEYS = new Group(
            "A million keys, by Zipf's law",
            "ManyKeysBenchmark",
            "",
            "/1000000",
            Map.of("decide", "ratelimit"),
            "floorMap",
            "ConcurrentHashMap, clock, compare-and-set");
    private static final Group NEW_KEYS = new Group(
            "Every key is new, 100,000 are kept",
            "NewKeysBenchmark",
            "",
            "",
            ordered("decide", "ratelimit, places free", "decideSaturated", "ratelimit, all in debt"),
            "floorKey",
            "make the key");
    private static final Group HIGH = new Group(
            "A high limit: nearly all are allowed",
            "ContendedBenchmark",
            "HighLimit",
            "",
            Map.of("decideHighLimit", "ratelimit"),
            "floorHighLimit",
            "ConcurrentHashMap, clock, compare-and-set");
    private static final Group LOW = new Group(
            "A low limit, 1,000 a second: nearly all are refused",
            "ContendedBenchmark",
            "LowLimit",
            "",
            Map.of("decideLowLimit", "ratelimit"),
            "floorLowLimit",
            "ConcurrentHashMap, clock");
    private static final Group SLOWEST = new Group(
            "A high limit: the slowest of ten thousand calls",
            "ContendedBenchmark",
            "HighLimit",
            Group.SAMPLED,
            Map.of("decideHighLimit", "ratelimit"),
            "",
            "");

    /** All of them that were measured. */
    List<Chapter> chapters() {
        List<Chapter> chapters = new ArrayList<>();
        times("One budget", "A limiter without a key, on one thread.", "one-budget", List.of(ADMIT, DENY))
                .ifPresent(chapters::add);
        times(
                        "Known keys",
                        "A limiter for each key, on one thread. Guava and Failsafe have no registry of keys; theirs and Bucket4j's"
                                + " limiters stand in a `ConcurrentHashMap`, as callers would keep them. Of a million, Sentinel keeps"
                                + " 200,000 and forgets the rest, so there it does less than the others.",
                        "known-keys",
                        List.of(ONE_KEY, MILLION_KEYS))
                .ifPresent(chapters::add);
        times(
                        "New keys",
                        "What somebody does who makes keys up. Each is bounded to 100,000 keys: Guava, Bucket4j and Failsafe in a"
                                + " Caffeine cache, which clears away on the other core. Resilience4j's registry cannot be bounded and"
                                + " is left out.",
                        "new-keys",
                        List.of(NEW_KEYS))
                .ifPresent(chapters::add);
        times(
                        "Two threads, one key",
                        "What one call takes while another thread does the same. Where both change one state, each change moves its"
                                + " cache line from one processor to the other. Resilience4j puts a thread that finds the state changed"
                                + " to sleep each time (`parkNanos(1)`, which takes the system some 80 µs), so that the other one runs alone: a"
                                + " lower mean, and a far slower slowest call. With ours, a call that is refused changes nothing. For"
                                + " the slowest of ten thousand, calls are timed one by one, in a run of their own.",
                        "two-threads",
                        List.of(HIGH, LOW, SLOWEST))
                .ifPresent(chapters::add);
        allocations().ifPresent(chapters::add);
        overKeys().ifPresent(chapters::add);
        return chapters;
    }

    private Optional<Chapter> times(String title, String text, String picture, List<Group> groups) {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (Group group : groups) {
            Panel panel = group.times(results);
            if (!panel.bars().isEmpty()) {
                panels.add(panel);
                Verdict.least(group.title(), panel.bars(), 0, "ns").ifPresent(verdicts::add);
            }
            if (group.equals(NEW_KEYS) && panel.hasFloor()) {
                Verdict.least("The same without making the key", panel.bars(), panel.floorValue(), "ns")
                        .ifPresent(verdicts::add);
            }
        }
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        String any = groups.stream()
                .map(group -> group.any(results))
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse("");
        List<String> footer = new ArrayList<>(
                Footer.jmh(environment, results, any, groups.get(0).type()));
        for (Group group : groups) {
            if (group.isSampled()) {
                footer.addAll(Footer.sampled(results, group.any(results)));
            }
        }
        BarChart chart = new BarChart(title + ": time of a decision", LESS, panels, footer);
        return Optional.of(new Chapter(title, text, picture, chart.svg(), verdicts));
    }

    private Optional<Chapter> allocations() {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (Group group : List.of(ADMIT, DENY, MILLION_KEYS, NEW_KEYS)) {
            Panel panel = group.allocations(results);
            if (!panel.bars().isEmpty()) {
                panels.add(panel);
                Verdict.least(group.title(), panel.bars(), 0, "bytes").ifPresent(verdicts::add);
            }
        }
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        BarChart chart = new BarChart(
                "Allocation of a decision",
                "bytes a call; less is better; a new key is itself 80 bytes, in all rows",
                panels,
                Footer.jmh(environment, results, ADMIT.any(results), "SingleKey|ManyKeys|NewKeys"));
        return Optional.of(new Chapter(
                "Allocation",
                "What each call leaves for the garbage collector, in the same runs. A new key is 80 bytes by itself.",
                "allocation",
                chart.svg(),
                verdicts));
    }

    private Optional<Chapter> overKeys() {
        Map<String, Map<Long, Results.Interval>> lines = new TreeMap<>();
        String any = "";
        for (String name : results.names()) {
            if (name.startsWith("TenMillionKeysBenchmark.") && name.contains("/")) {
                any = name;
                int slash = name.indexOf('/');
                lines.computeIfAbsent(name.substring(name.indexOf('.') + 1, slash), unknown -> new TreeMap<>())
                        .put(Long.valueOf(name.substring(slash + 1)), results.interval(name));
            }
        }
        Map<Long, Results.Interval> decide = lines.get("decide");
        Map<Long, Results.Interval> floor = lines.get("floorMap");
        if (decide == null || floor == null) {
            return Optional.empty();
        }
        List<LineChart.Line> drawn = new ArrayList<>();
        drawn.add(new LineChart.Line("ratelimit", 0, false, decide));
        drawn.add(new LineChart.Line("ConcurrentHashMap", 1, true, floor));
        if (lines.get("floorKey") != null) {
            drawn.add(new LineChart.Line("getting the key alone", 5, true, lines.get("floorKey")));
        }
        List<String> footer = new ArrayList<>(Footer.jmh(environment, results, any, "TenMillionKeys"));
        footer.add("with -p keys="
                + String.join(",", decide.keySet().stream().map(String::valueOf).toList()));
        LineChart chart = new LineChart(
                "A decision over the number of keys",
                "nanoseconds a call, logarithmic; less is better; keys come uniformly, each as often as any other",
                "keys",
                drawn,
                footer);
        List<Verdict> verdicts = new ArrayList<>();
        decide.forEach((keys, our) -> {
            Results.Interval other = floor.get(keys);
            if (other != null) {
                verdicts.add(new Verdict(
                        String.format(
                                Locale.ROOT,
                                "%,d key%s: %.2f times the time of a `ConcurrentHashMap` without any rule (%s, %s ns)",
                                keys,
                                keys == 1 ? "" : "s",
                                our.score() / other.score(),
                                Numbers.brief(our.score()),
                                Numbers.brief(other.score())),
                        false));
            }
        });
        return Optional.of(new Chapter(
                "Up to ten million keys",
                "The table's look-up does not depend on how many keys there are; what grows is the time that memory takes to"
                        + " answer, for the key's own characters, too.",
                "over-keys",
                chart.svg(),
                verdicts));
    }

    private static Map<String, String> ordered(String first, String itsLabel, String second, String itsOther) {
        Map<String, String> map = new LinkedHashMap<>();
        map.put(first, itsLabel);
        map.put(second, itsOther);
        return map;
    }
}
