package dev.ratelimit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The results of this project's measuring programs, in the form of JMH's results, so that one reader reads both.
 *
 * <p>The score is the median of the rounds, the confidence bounds are the smallest and the largest of them.
 */
final class Recorded {

    private final List<String> runs = new ArrayList<>();

    /** Notes a measurement: {@code Class.method}, a parameter or nothing, the unit, and the rounds. */
    void add(String benchmark, String param, String unit, double... rounds) {
        BenchmarkDefaults.check(rounds.length > 0, benchmark + " was not measured");
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        String params = param.isEmpty() ? "" : "\"params\" : { \"param\" : \"" + param + "\" },";
        runs.add(String.format(
                Locale.ROOT,
                """
                { "benchmark" : "%s.%s", "jdkVersion" : "%s", "rounds" : %d, %s
                  "primaryMetric" : { "score" : %s, "scoreConfidence" : [ %s, %s ], "scoreUnit" : "%s" } }\
                """,
                Recorded.class.getPackageName(),
                benchmark,
                System.getProperty("java.version"),
                rounds.length,
                params,
                sorted[(sorted.length - 1) / 2],
                sorted[0],
                sorted[sorted.length - 1],
                unit));
    }

    /** The document. */
    String json() {
        return "[\n" + String.join(",\n", runs) + "\n]\n";
    }

    void write(Path file) throws IOException {
        Files.writeString(file, json());
    }
}
