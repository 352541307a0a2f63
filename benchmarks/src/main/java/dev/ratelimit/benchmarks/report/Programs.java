package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The chapters on what programs of our own measure: memory, waiting, quotas; and on the cache, where it was measured. */
final class Programs {

    private final Results results;
    private final Environment environment;

    Programs(Results results, Environment environment) {
        this.results = results;
        this.environment = environment;
    }

    /** All of them that were measured. */
    List<Chapter> chapters() {
        List<Chapter> chapters = new ArrayList<>();
        footprint().ifPresent(chapters::add);
        waiting().ifPresent(chapters::add);
        overWaiters().ifPresent(chapters::add);
        for (String server : List.of("Redis", "PostgreSQL")) {
            quotas(server, "Hot", "one hot key").ifPresent(chapters::add);
            quotas(server, "Apart", "a key each").ifPresent(chapters::add);
        }
        cache().ifPresent(chapters::add);
        return chapters;
    }

    private Optional<Chapter> footprint() {
        List<Bar> bars = bars("CellFootprint.", "");
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

    private Optional<Chapter> waiting() {
        List<Panel> panels = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (Map.Entry<String, String> percentile : Map.of(
                        "late50", "half are at most so late", "late99", "99 of 100 are at most so late")
                .entrySet()) {
            List<Bar> bars = bars("WaitersBenchmark.", "/" + percentile.getKey());
            if (!bars.isEmpty()) {
                panels.add(new Panel(
                        "A thousand departures a second, fifty waiting: " + percentile.getValue(),
                        "",
                        Double.NaN,
                        bars));
                Verdict.least(percentile.getValue(), bars, 0, "µs").ifPresent(verdicts::add);
            }
        }
        if (panels.isEmpty()) {
            return Optional.empty();
        }
        panels.sort(Comparator.comparing(Panel::title).reversed());
        List<Bar> throughput = new ArrayList<>(bars("WaitersBenchmark.", "/throughput"));
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
                        + " millisecond with one permit.",
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
            Map<Long, Interval> points = points("WaitersComplexity." + method);
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

    private Optional<Chapter> quotas(String server, String ending, String keys) {
        List<LineChart.Line> lines = new ArrayList<>();
        Map<String, Map<Long, Interval>> measured = new LinkedHashMap<>();
        for (String method : List.of("ratelimit", "bucket4j", "bucket4jBatching")) {
            Map<Long, Interval> points = points("QuotaCallers." + method + server + ending);
            if (!points.isEmpty()) {
                measured.put(Names.label(method), points);
                lines.add(new LineChart.Line(Names.label(method), lines.size(), false, points));
            }
        }
        Map<Long, Interval> ours = measured.remove("ratelimit");
        if (ours == null) {
            return Optional.empty();
        }
        boolean redis = server.equals("Redis");
        String libraries =
                "ratelimit " + environment.version("ratelimit") + " (" + environment.get("commit") + "), Bucket4j "
                        + (redis
                                ? environment.version("bucket4j") + ", Lettuce " + environment.version("lettuce")
                                        + ", Redis 7.0.15"
                                : environment.version("bucket4j-postgresql") + " on core "
                                        + environment.version("bucket4j") + ", HikariCP pool of 16, PostgreSQL 18.4");
        String title = "Quotas in " + server + ", " + keys;
        LineChart chart = new LineChart(
                title,
                "amounts counted a second, logarithmic; more is better; server and callers on the same cores",
                "callers at the same time",
                lines,
                Footer.program(
                        environment,
                        results,
                        "QuotaCallers.ratelimit" + server + ending + "/1",
                        libraries,
                        "benchmarks/run QuotaCallers"));
        List<Verdict> verdicts = new ArrayList<>();
        ours.forEach((callers, our) -> {
            List<Bar> bars = new ArrayList<>(List.of(new Bar("ratelimit", our, true)));
            measured.forEach((label, points) -> {
                Interval other = points.get(callers);
                if (other != null) {
                    bars.add(new Bar(label, other, false));
                }
            });
            String job = String.format(
                    Locale.ROOT, "%s, %,d caller%s", server + ", " + keys, callers, callers == 1 ? "" : "s");
            Verdict.most(job, bars, "calls/s").ifPresent(verdicts::add);
        });
        return Optional.of(new Chapter(
                title,
                redis
                        ? "Bucket4j by its Lettuce proxy, which compares and swaps. Batching is its optimization for a hot key, within"
                                + " one bucket object that all callers share."
                        : "Bucket4j by its `SELECT … FOR UPDATE` proxy. The server flushes each commit to its disk.",
                "quotas-" + server.toLowerCase(Locale.ROOT) + "-" + ending.toLowerCase(Locale.ROOT),
                chart.svg(),
                verdicts));
    }

    /** Whoever measures the cache names its methods; this only takes them in. */
    private Optional<Chapter> cache() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("hit", "ratelimit, hit");
        labels.put("hitTwoThreads", "ratelimit, hit, two threads");
        labels.put("coalesced", "ratelimit, coalesced");
        Group group = new Group(
                "An answer that is there", "ResponseCacheBenchmark", "", "", labels, "floorCaffeine", "bare Caffeine");
        Panel panel = group.times(results);
        if (panel.bars().isEmpty()) {
            return Optional.empty();
        }
        String any = group.any(results);
        BarChart chart = new BarChart(
                "Response cache",
                "nanoseconds a call; less is better; the dashed line is the floor",
                List.of(panel),
                Footer.jmh(environment, results, any, "ResponseCache"));
        return Optional.of(new Chapter(
                "Response cache",
                "Beside a bare Caffeine cache, which is what it stands on.",
                "cache",
                chart.svg(),
                List.of()));
    }

    /** The methods of a program as bars, the least first; what is not named after another library is ours. */
    private List<Bar> bars(String type, String param) {
        return results.names().stream()
                .filter(name ->
                        name.startsWith(type) && name.endsWith(param) && (param.isEmpty() != name.contains("/")))
                .map(name -> bar(name, name.substring(type.length(), name.length() - param.length())))
                .sorted(Comparator.comparingDouble(bar -> bar.value().score()))
                .toList();
    }

    private Bar bar(String name, String method) {
        boolean ours = !Names.PEERS.contains(method);
        String label = switch (method) {
            case "threads" -> "ratelimit, threads";
            case "virtualThreads" -> "ratelimit, virtual threads";
            case "async" -> "ratelimit, async";
            default -> Names.label(method);
        };
        return new Bar(label, results.interval(name), ours);
    }

    private Map<Long, Interval> points(String benchmark) {
        Map<Long, Interval> points = new TreeMap<>();
        for (String name : results.names()) {
            if (name.startsWith(benchmark + "/")) {
                points.put(Long.valueOf(name.substring(benchmark.length() + 1)), results.interval(name));
            }
        }
        return points;
    }
}
