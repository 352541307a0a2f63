package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The chapter on the response cache. */
record Caching(Results results, Environment environment) {

    /** The chapter, if it was measured. */
    Optional<Chapter> chapter() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("hit", "ratelimit (hit)");
        labels.put("hitTwoThreads", "ratelimit (hit, two threads)");
        labels.put("coalesced", "ratelimit (coalesced)");
        Group group = new Group(
                "A cached answer",
                "ResponseCacheBenchmark",
                "",
                "",
                labels,
                "floorCaffeine",
                "a lookup in bare Caffeine");
        Panel panel = group.times(results);
        if (panel.bars().isEmpty()) {
            return Optional.empty();
        }
        String any = group.any(results);
        BarChart chart = new BarChart(
                "Response cache",
                "time of a call; less is better; the dashed line is the floor",
                List.of(panel),
                Footer.jmh(environment, results, any, "ResponseCache", Footer.labels(List.of(panel))));
        return Optional.of(new Chapter(
                "Response cache",
                "Compared with a bare Caffeine cache, on which the response cache is built.",
                "cache",
                chart.svg(),
                List.of()));
    }
}
