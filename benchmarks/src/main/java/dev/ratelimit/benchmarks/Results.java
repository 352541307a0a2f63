package dev.ratelimit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of benchmark runs, as JMH writes them with {@code -rf json}.
 *
 * <p>A benchmark is named as {@code Class.method}, and {@code Class.method/value} if it has a parameter. What was not
 * measured is {@link Double#NaN}, which carries through all arithmetic.
 */
final class Results {

    private final Map<String, Map<?, ?>> runs = new HashMap<>();

    /**
     * Reads files; where two have the same benchmark, the later one counts.
     *
     * @param files the files
     * @return the results of all
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not what JMH writes
     */
    static Results read(List<Path> files) throws IOException {
        Results results = new Results();
        for (Path file : files) {
            try {
                results.add(Files.readString(file));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " is not a result of JMH: " + e.getMessage(), e);
            }
        }
        return results;
    }

    /**
     * Adds the results of one file.
     *
     * @param json the file's text
     * @throws IllegalArgumentException if it is not what JMH writes
     */
    void add(String json) {
        if (!(Json.read(json) instanceof List<?> list)) {
            throw new IllegalArgumentException("a list is expected");
        }
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> run) || !(run.get("benchmark") instanceof String name)) {
                throw new IllegalArgumentException("a benchmark without a name");
            }
            StringBuilder key = new StringBuilder(name.replaceFirst("^.*\\.(?=[^.]+\\.[^.]+$)", ""));
            if (run.get("params") instanceof Map<?, ?> params) {
                params.values().forEach(value -> key.append('/').append(value));
            }
            runs.put(key.toString(), run);
        }
    }

    /**
     * Returns a benchmark's score: nanoseconds per call, or calls per microsecond.
     *
     * @param benchmark its name
     * @return the score
     * @throws IllegalArgumentException if it was measured in another unit, with an option of JMH
     */
    double score(String benchmark) {
        Map<?, ?> metric = member(runs.get(benchmark), "primaryMetric");
        Object unit = metric.get("scoreUnit");
        if (unit != null && !unit.equals("ns/op") && !unit.equals("ops/us")) {
            throw new IllegalArgumentException(benchmark + " was measured in " + unit + ", not in its own unit");
        }
        return number(metric, "score");
    }

    /**
     * Returns half the width of the 99.9 % confidence interval, relative to the score.
     *
     * @param benchmark its name
     * @return the relative error, 0 if there were too few iterations to know
     */
    double relativeError(String benchmark) {
        Map<?, ?> metric = member(runs.get(benchmark), "primaryMetric");
        double error = number(metric, "scoreError") / number(metric, "score");
        return Double.isNaN(error) ? 0 : error;
    }

    /**
     * Returns what a benchmark allocated per call, if it was run with {@code -prof gc}.
     *
     * @param benchmark its name
     * @return bytes
     */
    double allocated(String benchmark) {
        // JMH before 1.36 put a dot before the names of what profilers measure.
        Map<?, ?> metrics = member(runs.get(benchmark), "secondaryMetrics");
        double bytes = number(member(metrics, "gc.alloc.rate.norm"), "score");
        return Double.isNaN(bytes) ? number(member(metrics, "\u00b7gc.alloc.rate.norm"), "score") : bytes;
    }

    private static Map<?, ?> member(@Nullable Map<?, ?> map, String name) {
        return map != null && map.get(name) instanceof Map<?, ?> member ? member : Map.of();
    }

    private static double number(Map<?, ?> metric, String name) {
        return metric.get(name) instanceof Double number ? number : Double.NaN;
    }
}
