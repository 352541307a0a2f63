package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The chapters on quotas that many callers count in a server. */
record Quotas(Results results, Environment environment) {

    private static final String PREFETCHED = Names.label("ratelimitPrefetch");
    private static final String DELAYING = Names.label("bucket4jDelaying");

    private static final String HOT =
            " Batching is Bucket4j's optimization for a hot key, within one bucket object that all callers share. Prefetching"
                    + " counts the units of about 10 ms in the store before this library grants them, so that no process exceeds the"
                    + " limit. Delaying is the counterpart in Bucket4j: it grants first and updates the server within 10 ms, so that"
                    + " several processes may exceed the limit in between.";

    /** The measured chapters. */
    List<Chapter> chapters() {
        List<Chapter> chapters = new ArrayList<>();
        for (String server : List.of("Redis", "PostgreSQL")) {
            quotas(server, "Hot", "one hot key").ifPresent(chapters::add);
            quotas(server, "Apart", "one key for each caller").ifPresent(chapters::add);
        }
        return chapters;
    }

    private Optional<Chapter> quotas(String server, String ending, String keys) {
        List<LineChart.Line> lines = new ArrayList<>();
        Map<String, Map<Long, Interval>> measured = new LinkedHashMap<>();
        for (String method :
                List.of("ratelimit", "bucket4j", "bucket4jBatching", "ratelimitPrefetch", "bucket4jDelaying")) {
            Map<Long, Interval> points = figures().points("QuotaCallers." + method + server + ending);
            if (!points.isEmpty()) {
                measured.put(Names.label(method), points);
                lines.add(new LineChart.Line(Names.label(method), lines.size(), false, points));
            }
        }
        Map<Long, Interval> ours = measured.remove("ratelimit");
        if (ours == null) {
            return Optional.empty();
        }
        Map<Long, Interval> prefetched = measured.getOrDefault(PREFETCHED, Map.of());
        Map<Long, Interval> delayed = measured.getOrDefault(DELAYING, Map.of());
        measured.keySet().removeAll(List.of(PREFETCHED, DELAYING));
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
                "counted calls a second, logarithmic; more is better; server and callers share the cores",
                "",
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
            Interval plain =
                    measured.getOrDefault(Names.label("bucket4j"), Map.of()).get(callers);
            boolean batched = measured.getOrDefault(Names.label("bucket4jBatching"), Map.of())
                    .containsKey(callers);
            Verdict.most(job(server + ", " + keys, callers), bars, "calls/s")
                    .map(verdict -> plain != null && batched
                            ? verdict.and(Verdict.times(our.score() / plain.score()) + " Bucket4j without batching")
                            : verdict)
                    .ifPresent(verdicts::add);
        });
        prefetched.forEach((callers, our) -> {
            Interval other = delayed.get(callers);
            double best = measured.values().stream()
                    .map(points -> points.get(callers))
                    .filter(Objects::nonNull)
                    .mapToDouble(Interval::score)
                    .max()
                    .orElse(Double.NaN);
            if (other != null) {
                Verdict.most(
                                job(server + ", " + keys + ", prefetching against delaying", callers),
                                List.of(new Bar(PREFETCHED, our, true), new Bar(DELAYING, other, false)),
                                "calls/s")
                        .map(verdict -> verdict.and(Verdict.times(our.score() / best)
                                + " the best of the others that never exceed the limit"))
                        .ifPresent(verdicts::add);
            }
        });
        return Optional.of(new Chapter(
                title,
                (redis
                                ? "Bucket4j uses its Lettuce proxy with compare-and-swap."
                                : "Bucket4j uses its `SELECT … FOR UPDATE` proxy. The server flushes each commit to the disk.")
                        + (prefetched.isEmpty() ? "" : HOT),
                "quotas-" + server.toLowerCase(Locale.ROOT) + "-" + ending.toLowerCase(Locale.ROOT),
                chart.svg(),
                verdicts));
    }

    private static String job(String what, long callers) {
        return String.format(Locale.ROOT, "%s, %,d caller%s", what, callers, callers == 1 ? "" : "s");
    }

    private Figures figures() {
        return new Figures(results);
    }
}
