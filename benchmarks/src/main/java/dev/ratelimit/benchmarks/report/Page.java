package dev.ratelimit.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The text of the report around its chapters. */
final class Page {

    private Page() {}

    /** The page, as Markdown. */
    static String of(Environment environment, List<Chapter> chapters, String rawFolder, List<Path> others)
            throws IOException {
        StringBuilder page = new StringBuilder();
        page.append("# Measured against others\n\n<!-- Rendered by benchmarks/report; do not edit. -->\n\n");
        page.append(environment.machine())
                .append(", ")
                .append(environment.get("jdk"))
                .append(", ")
                .append(environment.get("date"))
                .append(", at commit ")
                .append(environment.get("commit"))
                .append(".\n\n```sh\n")
                .append(environment.get("command"))
                .append("\n```\n\nmeasures all of it and renders this page from [the raw results](")
                .append(rawFolder)
                .append("). Ours, the floor and the others run in the same JVM settings and in the same run; each")
                .append(
                        " measurement fails if a call had another outcome than its name says. Times differ from machine to")
                .append(" machine; the order and the ratios say more.\n\n");
        slower(page, chapters);
        chapters.forEach(chapter -> page.append(chapter.markdown()));
        page.append(settings(environment));
        page.append("## More\n\n");
        for (Path other : others) {
            page.append("- [")
                    .append(Files.readAllLines(other).get(0).replaceFirst("^#+ *", ""))
                    .append("](")
                    .append(other.getFileName())
                    .append(")\n");
        }
        return page.toString();
    }

    private static void slower(StringBuilder page, List<Chapter> chapters) {
        List<Verdict> slower = chapters.stream()
                .flatMap(chapter -> chapter.verdicts().stream())
                .filter(Verdict::slower)
                .toList();
        page.append("## Where ours is not the best\n\n");
        if (slower.isEmpty()) {
            page.append("In no row of this run.\n");
        }
        slower.forEach(verdict -> page.append("- ").append(verdict.sentence()).append('\n'));
        page.append('\n');
    }

    private static String settings(Environment environment) {
        return """
                ## What the others are set to

                All have the same budget in each benchmark, as far as they can be told of it: one that is never spent, or one that is
                spent by the first call. All read `System.nanoTime()`, but for Sentinel. None waits where a refusal is asked for.

                | library | set to | what it cannot do |
                |---|---|---|
                | Bucket4j %s | lock-free (its default) or synchronized; `withNanosecondPrecision()`, for its default is the wall clock; greedy refill | keys of one process are kept by callers: in a `ConcurrentHashMap`, or in Caffeine where they must be bounded |
                | Guava %s | `RateLimiter.create`, `tryAcquire()`; a rate that no thread reaches where nothing may be refused, since its burst is always one second's permits | no keys; no burst to set; waiting only with a thread |
                | Resilience4j %s | `RateLimiterRegistry`, `timeoutDuration` zero; the most permits that fit into an `int` | permits come all at once at the start of each period; the registry grows with its keys; waiting only with a thread |
                | Failsafe %s | `smoothBuilder` (no burst) and `burstyBuilder` (all at the start of a period), `tryAcquirePermit()` | no keys; a lock for each limiter; waiting only with a thread |
                | Sentinel %s | a rule for a hot parameter, `SphO.entry` and `exit`, with the statistics that belong to it; its log in a temporary folder | keeps 4,000 keys for each second of a rule's period, 200,000 at most; permits come at the start of a period; nothing without the statistics |

                Their code is in `dev.ratelimit.benchmarks.peers`. The heap is 4 GB, touched beforehand, for all.

                """.formatted(
                        environment.version("bucket4j"),
                        environment.version("guava"),
                        environment.version("resilience4j"),
                        environment.version("failsafe"),
                        environment.version("sentinel"));
    }
}
