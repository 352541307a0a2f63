package dev.ratelimit.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The results of benchmark runs, as JMH writes them with {@code -rf json}.
 *
 * <p>A benchmark is named as {@code Class.method}, and {@code Class.method/value} if it has a parameter. Where JMH
 * timed single calls ({@code -bm sample}) the name ends in {@code /sampled}, so that it stands beside the mean of all
 * calls of the same method. What was not measured is {@link Double#NaN}, which carries through all arithmetic.
 */
public final class Results {

    private final Map<String, JsonObject> runs = new LinkedHashMap<>();

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
        try {
            for (JsonElement element : new Gson().fromJson(json, JsonArray.class)) {
                JsonObject run = element.getAsJsonObject();
                StringBuilder key = new StringBuilder(
                        run.get("benchmark").getAsString().replaceFirst("^.*\\.(?=[^.]+\\.[^.]+$)", ""));
                member(run, "params")
                        .asMap()
                        .values()
                        .forEach(value -> key.append('/').append(value.getAsString()));
                runs.put(key + (fact(run, "mode").equals("sample") ? "/sampled" : ""), run);
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new IllegalArgumentException("a list of benchmarks with their names is expected", e);
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
        JsonObject metric = metric(benchmark);
        String unit = fact(metric, "scoreUnit");
        if (!List.of("", "ns/op", "ops/us").contains(unit)) {
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
        JsonObject metric = metric(benchmark);
        double error = number(metric, "scoreError") / number(metric, "score");
        return Double.isNaN(error) ? 0 : error;
    }

    /**
     * Returns a percentile of the times of single calls, in the unit in which it was measured.
     *
     * @param benchmark its name, of a run that timed single calls
     * @param percentile the percentile as JMH writes it, such as {@code 99.99}
     * @return the time; not a number if it was not measured
     */
    public double percentile(String benchmark, String percentile) {
        return number(member(metric(benchmark), "scorePercentiles"), percentile);
    }

    /**
     * Returns what a benchmark allocated per call, if it was run with {@code -prof gc}.
     *
     * @param benchmark its name
     * @return bytes
     */
    public double allocated(String benchmark) {
        // JMH before 1.36 put a dot before the names of what profilers measure.
        JsonObject metrics = member(run(benchmark), "secondaryMetrics");
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
     * Returns a benchmark's score and its bounds, in the unit in which it was measured.
     *
     * <p>JMH's bounds are those of a 99.9 % confidence interval, those of this project's measuring programs are the
     * smallest and the largest round. A bound that is missing is the score.
     *
     * @param benchmark its name
     * @return the score; not a number if it was not measured
     */
    public Interval interval(String benchmark) {
        JsonObject metric = metric(benchmark);
        double score = number(metric, "score");
        double low = Double.NaN;
        double high = Double.NaN;
        if (metric.get("scoreConfidence") instanceof JsonArray bounds && bounds.size() == 2) {
            low = bounds.get(0).getAsDouble();
            high = bounds.get(1).getAsDouble();
        }
        return new Interval(score, Double.isNaN(low) ? score : low, Double.isNaN(high) ? score : high);
    }

    /**
     * Returns a fact about the run of a benchmark.
     *
     * @param benchmark its name
     * @param fact the name of the fact, as {@code jdkVersion}
     * @return the fact; empty if nothing is said
     */
    public String fact(String benchmark, String fact) {
        return fact(run(benchmark), fact);
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
         * Returns a score without an error.
         *
         * @param score the score
         * @return the interval that has only this score
         */
        public static Interval exactly(double score) {
            return new Interval(score, score, score);
        }

        /**
         * Returns this score without a part of it.
         *
         * @param part the part
         * @return the interval, lower by the part
         */
        public Interval minus(double part) {
            return new Interval(score - part, low - part, high - part);
        }

        /**
         * Returns whether anything was measured.
         *
         * @return whether there is a score
         */
        public boolean isMeasured() {
            return !Double.isNaN(score);
        }
    }

    private JsonObject run(String benchmark) {
        return runs.getOrDefault(benchmark, new JsonObject());
    }

    private JsonObject metric(String benchmark) {
        return member(run(benchmark), "primaryMetric");
    }

    private static JsonObject member(JsonObject object, String name) {
        return object.get(name) instanceof JsonObject member ? member : new JsonObject();
    }

    private static String fact(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    private static double number(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsDouble() : Double.NaN;
    }
}
