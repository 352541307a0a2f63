package dev.ratelimit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of benchmark runs, as JMH writes them with {@code -rf json}.
 *
 * <p>A benchmark is named as {@code Class.method}, and {@code Class.method/value} if it has a parameter. Where JMH
 * timed single calls ({@code -bm sample}) the name ends in {@code /sampled}, so that it stands beside the mean of all
 * calls of the same method. What was not measured is {@link Double#NaN}, which carries through all arithmetic.
 */
public final class Results {

    private final Map<String, Map<?, ?>> runs = new LinkedHashMap<>();

    /** No results. */
    public Results() {}

    /**
     * Reads files; where two have the same benchmark, the later one counts.
     *
     * @param files the files
     * @return the results of all
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not what JMH writes
     */
    public static Results read(List<Path> files) throws IOException {
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
    public void add(String json) {
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
            if ("sample".equals(run.get("mode"))) {
                key.append("/sampled");
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
    public double score(String benchmark) {
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
    public double relativeError(String benchmark) {
        Map<?, ?> metric = member(runs.get(benchmark), "primaryMetric");
        double error = number(metric, "scoreError") / number(metric, "score");
        return Double.isNaN(error) ? 0 : error;
    }

    /**
     * Returns what so many of 100 calls took at most, in whatever unit it was measured.
     *
     * @param benchmark its name, of a run that timed single calls
     * @param percentile the number out of 100 as JMH writes it, as {@code 99.99}
     * @return the time; not a number if it was not measured
     */
    public double percentile(String benchmark, String percentile) {
        Map<?, ?> metric = member(runs.get(benchmark), "primaryMetric");
        return number(member(metric, "scorePercentiles"), percentile);
    }

    /**
     * Returns what a benchmark allocated per call, if it was run with {@code -prof gc}.
     *
     * @param benchmark its name
     * @return bytes
     */
    public double allocated(String benchmark) {
        // JMH before 1.36 put a dot before the names of what profilers measure.
        Map<?, ?> metrics = member(runs.get(benchmark), "secondaryMetrics");
        double bytes = number(member(metrics, "gc.alloc.rate.norm"), "score");
        return Double.isNaN(bytes) ? number(member(metrics, "\u00b7gc.alloc.rate.norm"), "score") : bytes;
    }

    /**
     * Returns what was measured.
     *
     * @return the names, in the order of the files
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(runs.keySet());
    }

    /**
     * Returns a benchmark's score in whatever unit it was measured, and between what it lies.
     *
     * <p>JMH's bounds are those of a 99.9 % confidence interval, those of our own programs the least and the most of
     * the rounds. Where there is no bound, it is the score.
     *
     * @param benchmark its name
     * @return the score; not a number if it was not measured
     */
    public Interval interval(String benchmark) {
        Map<?, ?> metric = member(runs.get(benchmark), "primaryMetric");
        double score = number(metric, "score");
        double low = Double.NaN;
        double high = Double.NaN;
        if (metric.get("scoreConfidence") instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof Double least
                && list.get(1) instanceof Double most) {
            low = least;
            high = most;
        }
        return new Interval(score, Double.isNaN(low) ? score : low, Double.isNaN(high) ? score : high);
    }

    /**
     * Returns what the file says of how a benchmark was run.
     *
     * @param benchmark its name
     * @param fact the name of the fact, as {@code jdkVersion}
     * @return the fact; empty if nothing is said
     */
    public String fact(String benchmark, String fact) {
        Map<?, ?> run = runs.get(benchmark);
        Object value = run == null ? null : run.get(fact);
        return value == null ? "" : value.toString();
    }

    /**
     * A score and its bounds.
     *
     * @param score the score
     * @param low the lower bound
     * @param high the upper bound
     */
    public record Interval(double score, double low, double high) {

        /**
         * Returns whether anything was measured.
         *
         * @return whether there is a score
         */
        public boolean isMeasured() {
            return !Double.isNaN(score);
        }
    }

    private static Map<?, ?> member(@Nullable Map<?, ?> map, String name) {
        return map != null && map.get(name) instanceof Map<?, ?> member ? member : Map.of();
    }

    private static double number(Map<?, ?> metric, String name) {
        return metric.get(name) instanceof Double number ? number : Double.NaN;
    }
}
