package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The chapters on quotas that many callers count in a server. */
final class Quotas {

    private static final String PLAIN = Names.label("bucket4j");
    private static final String BATCHING = Names.label("bucket4jBatching");
    private static final String PREFETCHED = Names.label("ratelimitPrefetch");
    private static final String DELAYING = Names.label("bucket4jDelaying");

    private Quotas() {}

    static Stream<Chapter> chapters(Run run) {
        return Stream.of("Redis", "PostgreSQL")
                .flatMap(server -> Stream.of("Hot", "Apart").map(keys -> chapter(run, server, keys)))
                .flatMap(Optional::stream);
    }

    private static Optional<Chapter> chapter(Run run, String server, String keys) {
        List<LineChart.Line> lines = new ArrayList<>();
        Map<String, Map<Long, Interval>> measured = new LinkedHashMap<>();
        for (String method :
                List.of("ratelimit", "bucket4j", "bucket4jBatching", "ratelimitPrefetch", "bucket4jDelaying")) {
            Map<Long, Interval> points = run.points("QuotaCallers." + method + server + keys);
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
        String title = server + (keys.equals("Hot") ? ", one hot key" : ", one key for each caller");
        List<Verdict> verdicts = new ArrayList<>();
        ours.forEach((callers, our) ->
                plain(job(title, callers), callers, our, measured).ifPresent(verdicts::add));
        prefetched.forEach((callers, our) -> {
            if (delayed.containsKey(callers)) {
                double best = measured.values().stream()
                        .map(points -> points.get(callers))
                        .filter(Objects::nonNull)
                        .mapToDouble(Interval::score)
                        .max()
                        .orElse(Double.NaN);
                List<Bar> bars =
                        List.of(new Bar(PREFETCHED, our, true), new Bar(DELAYING, delayed.get(callers), false));
                Verdict.most(job(title + ", prefetching against delaying", callers), bars, "calls/s")
                        .map(verdict -> verdict.and(Verdict.times(our.score() / best)
                                + " the best of the others that never exceed the limit"))
                        .ifPresent(verdicts::add);
            }
        });
        LineChart chart = new LineChart(
                "Quotas in " + title,
                "counted calls a second, logarithmic; more is better; server and callers share the cores",
                "",
                "callers at the same time",
                lines,
                run.programFooter(
                        "QuotaCallers.ratelimit" + server + keys + "/1",
                        libraries(run.environment(), server),
                        "QuotaCallers"));
        String picture = ("quotas-" + server + "-" + keys).toLowerCase(Locale.ROOT);
        return Optional.of(new Chapter(picture, chart.svg(), verdicts));
    }

    /** Compares calls that each reach the server, and with the best of Bucket4j, which may batch them. */
    private static Optional<Verdict> plain(
            String job, long callers, Interval our, Map<String, Map<Long, Interval>> others) {
        List<Bar> bars = new ArrayList<>(List.of(new Bar("ratelimit", our, true)));
        others.forEach((label, points) -> {
            if (points.containsKey(callers)) {
                bars.add(new Bar(label, points.get(callers), false));
            }
        });
        Interval plain = others.getOrDefault(PLAIN, Map.of()).get(callers);
        boolean batched = others.getOrDefault(BATCHING, Map.of()).containsKey(callers);
        return Verdict.most(job, bars, "calls/s")
                .map(verdict -> plain == null || !batched
                        ? verdict
                        : verdict.and(Verdict.times(our.score() / plain.score()) + " Bucket4j without batching"));
    }

    private static String libraries(Environment environment, String server) {
        String bucket4j = environment.version("bucket4j");
        return environment.libraries(List.of()) + ", Bucket4j "
                + (server.equals("Redis")
                        ? bucket4j + ", Lettuce " + environment.version("lettuce") + ", Redis 7.0.15"
                        : environment.version("bucket4j-postgresql") + " on core " + bucket4j
                                + ", HikariCP pool of 16, PostgreSQL 18.4");
    }

    private static String job(String what, long callers) {
        return String.format(Locale.ROOT, "%s, %,d caller%s", what, callers, callers == 1 ? "" : "s");
    }
}
