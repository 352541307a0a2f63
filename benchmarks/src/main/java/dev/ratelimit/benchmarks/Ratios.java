package dev.ratelimit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The figures that have bounds, out of the results of benchmark runs: the cost of a decision relative to its floor.
 *
 * <p>Run by {@code benchmarks/run --ratios}; the arguments are result files of JMH. The exit status is 0 if all that
 * was measured is within its bound, 1 if not, and 2 if there is nothing to judge.
 */
public final class Ratios {

    /** Below this, bytes per call are the harness's own, spread over millions of calls; no object is so small. */
    private static final double NO_BYTES = 0.1;

    /** The object that tells value, age and state. */
    private static final double ANSWER = 32;

    /** With a larger relative error, a benchmark measures other load on the machine rather than the code. */
    private static final double NOISE = 0.25;

    private static final String ROW = "%-50s %10s %10s %10s  %-8s %s%n";

    private Ratios() {}

    /**
     * Prints the table.
     *
     * @param args the result files
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        List<Path> files = Stream.of(args).map(Path::of).toList();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                System.err.println("no results at " + file + "; benchmarks/run . -prof gc makes them");
                System.exit(2);
            }
        }
        List<Figure> figures = List.of();
        try {
            figures = figures(Results.read(files));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        System.out.printf(ROW, "figure", "measured", "floor", "value", "bound", "");
        figures.forEach(figure -> System.out.print(figure.row()));
        if (figures.stream().noneMatch(figure -> figure.isMeasured() && figure.bounded())) {
            System.exit(2);
        }
        System.exit(figures.stream().allMatch(Figure::holds) ? 0 : 1);
    }

    /**
     * Returns all figures, measured or not, in the order of the table.
     *
     * @param results what was measured
     * @return the figures
     */
    static List<Figure> figures(Results results) {
        List<Figure> figures = new ArrayList<>();
        figures.add(ratio(results, "SingleKeyBenchmark", "allow", "floorClockAndCas", 1.15));
        figures.add(ratio(results, "SingleKeyBenchmark", "deny", "floorClock", 1.15));
        figures.add(ratio(results, "ManyKeysBenchmark", "decide/1", "floorMap/1", 1.25));
        figures.add(ratio(results, "ManyKeysBenchmark", "decide/1000000", "floorMap/1000000", 0.85));
        for (String method : List.of("decide", "decideSaturated")) {
            double key = results.score("NewKeysBenchmark.floorKey");
            double decide = results.score("NewKeysBenchmark." + method);
            double noise = noise(results, "NewKeysBenchmark." + method, "NewKeysBenchmark.floorKey");
            String name = "NewKeys." + method + " - floorKey, ns";
            double bound = method.equals("decide") ? 60 : Double.NaN;
            figures.add(new Figure(name, decide, key, decide - key, bound, true, noise));
        }
        figures.add(ratio(results, "ResponseCacheBenchmark", "hit", "floorCaffeine", 1.3));
        // No bound of their own: what threads and keys add.
        figures.add(ratio(results, "ResponseCacheBenchmark", "hitTwoThreads", "floorCaffeineTwoThreads", Double.NaN));
        figures.add(ratio(results, "ResponseCacheBenchmark", "hitNewKey", "hit", Double.NaN));
        figures.add(ratio(results, "ResponseCacheBenchmark", "coalesced", "alone", Double.NaN));
        figures.add(allocation(results, "ResponseCacheBenchmark", "hit", "floorCaffeine", ANSWER + NO_BYTES));
        figures.add(allocation(results, "SingleKeyBenchmark", "allow", "floorClockAndCas", NO_BYTES));
        figures.add(allocation(results, "SingleKeyBenchmark", "deny", "floorClock", NO_BYTES));
        figures.add(allocation(results, "ManyKeysBenchmark", "decide/1", "floorMap/1", NO_BYTES));
        figures.add(allocation(results, "ManyKeysBenchmark", "decide/1000000", "floorMap/1000000", NO_BYTES));
        figures.add(allocation(results, "NewKeysBenchmark", "decide", "floorKey", NO_BYTES));
        figures.add(allocation(results, "NewKeysBenchmark", "decideSaturated", "floorKey", NO_BYTES));
        figures.add(ratio(results, "HotKeyThreadsBenchmark", "twoThreads", "oneThread", 1.8));
        // The machine's own, to judge the line above by.
        figures.add(ratio(results, "HotKeyThreadsBenchmark", "floorTwoThreads", "floorOneThread", Double.NaN));
        return figures;
    }

    /** How many times the floor; of throughputs, which two threads have, the bound is the lowest that holds. */
    private static Figure ratio(Results results, String type, String method, String floor, double bound) {
        double measured = results.score(type + "." + method);
        double least = results.score(type + "." + floor);
        double noise = noise(results, type + "." + method, type + "." + floor);
        boolean atMost = !type.equals("HotKeyThreadsBenchmark");
        String name = type.replace("Benchmark", ".") + method + " / " + floor;
        return new Figure(name, measured, least, measured / least, bound, atMost, noise);
    }

    private static Figure allocation(Results results, String type, String method, String floor, double bound) {
        double measured = results.allocated(type + "." + method);
        double least = results.allocated(type + "." + floor);
        String name = type.replace("Benchmark", ".") + method + " - " + floor + ", bytes";
        return new Figure(name, measured, least, measured - least, bound, true, 0);
    }

    private static double noise(Results results, String one, String other) {
        return Math.max(results.relativeError(one), results.relativeError(other));
    }

    /**
     * A number that has a bound.
     *
     * @param name what it is
     * @param measured the benchmark's own score
     * @param floor what it is compared with
     * @param value the comparison
     * @param bound the bound; not a number if the figure is only printed
     * @param atMost whether the bound is the highest value that holds; otherwise the lowest
     * @param noise the larger relative error of the two, 0 if unknown
     */
    record Figure(
            String name, double measured, double floor, double value, double bound, boolean atMost, double noise) {

        boolean isMeasured() {
            return !Double.isNaN(value);
        }

        boolean bounded() {
            return !Double.isNaN(bound);
        }

        /** Whether the figure counts: a floor that was disturbed would let any figure hold. */
        boolean isQuiet() {
            return noise <= NOISE;
        }

        /** Not violated: what was not measured, or has no bound, holds. */
        boolean holds() {
            return !isMeasured() || !bounded() || (isQuiet() && (atMost ? value <= bound : value >= bound));
        }

        String row() {
            String verdict = bounded() ? (holds() ? "holds" : "MISSED") : "";
            if (!isMeasured()) {
                verdict = "not measured";
            } else if (!isQuiet()) {
                verdict = String.format(Locale.ROOT, "TOO NOISY: +- %.0f %%", 100 * noise);
            }
            String limit = bounded() ? (atMost ? "<= " : ">= ") + number(bound) : "";
            return String.format(ROW, name, number(measured), number(floor), number(value), limit, verdict);
        }

        private static String number(double value) {
            return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
        }
    }
}
