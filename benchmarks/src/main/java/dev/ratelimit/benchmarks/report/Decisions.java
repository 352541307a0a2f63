package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The chapters on the cost of a decision: time, allocation, and the time over the number of keys. */
record Decisions(Results results, Environment environment) {

    private static final String LESS = "time of a call; less is better; the dashed line is the floor";

    private static final Group ADMIT = new Group(
            "An allowed call",
            "SingleKeyBenchmark",
            "",
            "",
            Map.of("allow", "ratelimit"),
            "floorClockAndCas",
            "a clock read plus a CAS");
    private static final Group DENY = new Group(
            "A refused call",
            "SingleKeyBenchmark",
            "Deny",
            "",
            Map.of("deny", "ratelimit"),
            "floorClock",
            "a clock read");
    private static final Group ONE_KEY = new Group(
            "One key of 36 characters",
            "ManyKeysBenchmark",
            "",
            "/1",
            Map.of("decide", "ratelimit"),
            "floorMap",
            "a ConcurrentHashMap lookup, a clock read and a CAS");
    private static final Group MILLION_KEYS = new Group(
            "A million keys, by Zipf's law",
            "ManyKeysBenchmark",
            "",
            "/1000000",
            Map.of("decide", "ratelimit"),
            "floorMap",
            "a ConcurrentHashMap lookup, a clock read and a CAS");
    private static final Group NEW_KEYS = new Group(
            "Every key is new, 100,000 are kept",
            "NewKeysBenchmark",
            "",
            "",
            ordered("decide", "ratelimit (free places)", "decideSaturated", "ratelimit (all keys in debt)"),
            "floorKey",
            "making the key");
    private static final Group HIGH = new Group(
            "A high limit: nearly all are allowed",
            "ContendedBenchmark",
            "HighLimit",
            "",
            Map.of("decideHighLimit", "ratelimit"),
            "floorHighLimit",
            "a ConcurrentHashMap lookup, a clock read and a CAS");
    private static final Group LOW = new Group(
            "A low limit, 1,000 a second: nearly all are refused",
            "ContendedBenchmark",
            "LowLimit",
            "",
            Map.of("decideLowLimit", "ratelimit"),
            "floorLowLimit",
            "a ConcurrentHashMap lookup and a clock read");
    private static final Group SLOWEST = new Group(
            "A high limit: 99.99th percentile of the calls",
            "ContendedBenchmark",
            "HighLimit",
            Group.SAMPLED,
            Map.of("decideHighLimit", "ratelimit"),
            "",
            "");

    /** All measured chapters. */
    List<Chapter> chapters() {
        List<Chapter> chapters = new ArrayList<>();
        times("One budget", "A limiter without a key, on one thread.", "one-budget", List.of(ADMIT, DENY))
                .ifPresent(chapters::add);
        times(
                        "Known keys",
                        "One limiter with many keys, on one thread. Guava, Failsafe and Bucket4j have no keyed limiter; their limiters are in"
                                + " a `ConcurrentHashMap`, as an application would keep them. Of a million keys, Sentinel keeps 200,000"
                                + " and forgets the rest, so in this case it does less than the others.",
                        "known-keys",
                        List.of(ONE_KEY, MILLION_KEYS))
                .ifPresent(chapters::add);
        times(
                        "New keys",
                        "The load of an attacker who invents keys. Each library is bounded to 100,000 keys: Guava, Bucket4j and Failsafe by"
                                + " a Caffeine cache, which evicts on the other core. Resilience4j's registry has no bound, so it is"
                                + " left out.",
                        "new-keys",
                        List.of(NEW_KEYS))
                .ifPresent(chapters::add);
        times(
                        "Two threads, one key",
                        "The time of a call while another thread calls for the same key. If both threads change one state, each change moves"
                                + " its cache line from one core to the other. Resilience4j parks a thread that finds the state changed"
                                + " (`parkNanos(1)`, which takes some 80 µs), so the other thread runs alone: its mean is lower, and its"
                                + " slowest calls are much slower. In this library a refused call changes nothing. For the 99.99th"
                                + " percentile, a separate run times each call.",
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
                Verdict.least(group.title(), panel.bars(), 0, "ns")
                        .map(verdict -> verdict.withFloor(panel))
                        .ifPresent(verdicts::add);
            }
            if (group.equals(NEW_KEYS) && panel.hasFloor()) {
                Verdict.least("The same, minus the time of making the key", panel.bars(), panel.floorValue(), "ns")
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
                Footer.jmh(environment, results, any, groups.get(0).type(), Footer.labels(panels)));
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
                "bytes a call; less is better; a new key is 80 bytes, which all rows include",
                panels,
                Footer.jmh(
                        environment, results, ADMIT.any(results), "SingleKey|ManyKeys|NewKeys", Footer.labels(panels)));
        return Optional.of(new Chapter(
                "Allocation",
                "The bytes that each call allocates, in the same runs. A new key is 80 bytes.",
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
            drawn.add(new LineChart.Line("getting the key", 5, true, lines.get("floorKey")));
        }
        List<String> footer = new ArrayList<>(Footer.jmh(environment, results, any, "TenMillionKeys", List.of()));
        footer.add("with -p keys="
                + String.join(",", decide.keySet().stream().map(String::valueOf).toList()));
        LineChart chart = new LineChart(
                "A decision over the number of keys",
                "time of a call, logarithmic; less is better; all keys are equally frequent",
                "ns",
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
                                "%,d key%s: %s; %s a bare `ConcurrentHashMap` lookup (%s)",
                                keys,
                                keys == 1 ? "" : "s",
                                Numbers.with(our.score(), "ns"),
                                Verdict.times(our.score() / other.score()),
                                Numbers.with(other.score(), "ns")),
                        false));
            }
        });
        return Optional.of(new Chapter(
                "Up to ten million keys",
                "The steps of a lookup do not depend on the number of keys. The time grows because more reads miss the processor's"
                        + " caches, including the reads of the key's own characters.",
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
