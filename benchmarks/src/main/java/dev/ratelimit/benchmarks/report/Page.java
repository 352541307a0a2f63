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
        page.append("# Comparison with other libraries\n\n<!-- Rendered by benchmarks/report; do not edit. -->\n\n");
        page.append(environment.machine())
                .append(", ")
                .append(environment.get("jdk"))
                .append(", ")
                .append(environment.get("date"))
                .append(", at commit ")
                .append(environment.get("commit"))
                .append(".\n\n```sh\n")
                .append(environment.get("command"))
                .append("\n```\n\nmeasures everything and renders this page from [the raw results](")
                .append(rawFolder)
                .append(
                        "). This library, the floor and the other libraries ran with the same JVM settings in the same run. A")
                .append(
                        " measurement fails if a call has another outcome than its name says. Times differ from machine to")
                .append(" machine; compare the order and the ratios.\n\n");
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
        page.append("## Where another library is better\n\n");
        if (slower.isEmpty()) {
            page.append("In no row of this run.\n");
        }
        slower.forEach(verdict -> page.append("- ").append(verdict.sentence()).append('\n'));
        page.append('\n');
    }

    private static String settings(Environment environment) {
        return """
                ## Settings of the other libraries

                In each benchmark all libraries have the same budget, as far as their settings allow: one that is never spent, or one
                that the first call spends. All except Sentinel read `System.nanoTime()`. None waits in a benchmark of refusals.

                | library | settings | limitations |
                |---|---|---|
                | Bucket4j %s | lock-free (its default) or synchronized; `withNanosecondPrecision()`, because its default is the wall clock; greedy refill | the application keeps the keys: in a `ConcurrentHashMap`, or in Caffeine if they must be bounded |
                | Guava %s | `RateLimiter.create`, `tryAcquire()`; in benchmarks without refusals a rate that no thread reaches, because its burst is always one second's permits | no keys; fixed burst; waiting only with a thread |
                | Resilience4j %s | `RateLimiterRegistry`, `timeoutDuration` zero; the maximum permits of an `int` | all permits of a period come at its start; the registry grows with its keys; waiting only with a thread |
                | Failsafe %s | `smoothBuilder` (no burst) and `burstyBuilder` (all permits at the start of a period), `tryAcquirePermit()` | no keys; a lock for each limiter; waiting only with a thread |
                | Sentinel %s | a rule for a hot parameter, `SphO.entry` and `exit`, with its statistics; its log in a temporary folder | keeps 4,000 keys for each second of a rule's period, at most 200,000; all permits of a period come at its start; cannot run without its statistics |

                Their code is in `dev.ratelimit.benchmarks.peers`. All run with a heap of 4 GB, which is touched in advance.

                """.formatted(
                        environment.version("bucket4j"),
                        environment.version("guava"),
                        environment.version("resilience4j"),
                        environment.version("failsafe"),
                        environment.version("sentinel"));
    }
}
