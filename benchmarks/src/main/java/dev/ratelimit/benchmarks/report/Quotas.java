package dev.ratelimit.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The chapters on quotas that many callers count in a server. */
final class Quotas {

    /** Those that never exceed the limit, and are compared with each other; the first is ours. */
    private static final List<String> STRICT = List.of("ratelimit", "bucket4j", "bucket4jBatching");

    private static final List<String> AHEAD = List.of("ratelimitPrefetch", "bucket4jDelaying");

    private Quotas() {}

    static Stream<Chapter> chapters(Run run) {
        return Stream.of("Redis", "PostgreSQL")
                .flatMap(server -> Stream.of("Hot", "Apart").map(keys -> chapter(run, server, keys)))
                .flatMap(Optional::stream);
    }

    private static Optional<Chapter> chapter(Run run, String server, String keys) {
        List<Line> strict = run.lines("QuotaCallers", server + keys, STRICT);
        List<Line> ahead = run.lines("QuotaCallers", server + keys, AHEAD);
        if (strict.isEmpty() || !strict.get(0).label().equals("ratelimit")) {
            return Optional.empty();
        }
        String title = server + (keys.equals("Hot") ? ", one hot key" : ", one key for each caller");
        List<Verdict> verdicts = new ArrayList<>();
        List<Verdict> prefetching = new ArrayList<>();
        for (long callers : strict.get(0).points().keySet()) {
            List<Bar> bars = Line.bars(strict, callers);
            String plain =
                    bars.size() < STRICT.size() ? "" : ratio(bars.get(0), bars.get(1)) + " Bucket4j without batching";
            verdict(title, callers, bars, plain).ifPresent(verdicts::add);
            List<Bar> early = Line.bars(ahead, callers);
            String exact = bars.stream()
                    .skip(1)
                    .min(Verdict.bestFirst("calls/s"))
                    .filter(best -> !early.isEmpty())
                    .map(best -> ratio(early.get(0), best) + " the best of the others that never exceed the limit")
                    .orElse("");
            verdict(title + ", prefetching against delaying", callers, early, exact)
                    .ifPresent(prefetching::add);
        }
        verdicts.addAll(prefetching);
        LineChart chart = new LineChart(
                "Quotas in " + title,
                "counted calls a second, logarithmic; more is better; server and callers share the cores",
                "",
                "callers at the same time",
                Stream.concat(strict.stream(), ahead.stream()).toList(),
                run.footer(run.any("QuotaCallers.*/1"), libraries(run.environment(), server), "QuotaCallers"));
        String picture = ("quotas-" + server + "-" + keys).toLowerCase(Locale.ROOT);
        return Optional.of(new Chapter(picture, chart.svg(), verdicts));
    }

    private static Optional<Verdict> verdict(String title, long callers, List<Bar> bars, String clause) {
        String job = String.format(Locale.ROOT, "%s, %,d caller%s", title, callers, callers == 1 ? "" : "s");
        return Verdict.of(new Panel(job, bars, "calls/s"), clause);
    }

    private static String ratio(Bar ours, Bar other) {
        return Verdict.times(ours.value().score() / other.value().score());
    }

    private static String libraries(Environment environment, String server) {
        String bucket4j = environment.version("bucket4j");
        return environment.libraries(List.of()) + ", Bucket4j "
                + (server.equals("Redis")
                        ? bucket4j + ", Lettuce " + environment.version("lettuce") + ", Redis 7.0.15"
                        : environment.version("bucket4j-postgresql") + " on core " + bucket4j
                                + ", HikariCP pool of 16, PostgreSQL 18.4");
    }
}
