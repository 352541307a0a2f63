package dev.ratelimit.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Two commits, by the results of short runs in alternation: how many times as long each benchmark takes as it did.
 *
 * <p>Ratios are taken round by round, so that what disturbs the machine for a while disturbs both sides of a ratio. A
 * benchmark is slower if it was so in every round, and by more than 5 % in the middle one; it is faster if the opposite
 * holds; all else is noise.
 *
 * <p>Run by {@code benchmarks/compare}; the arguments are the results of the base and of the change by turns. The exit
 * status is 0 if nothing became slower, 1 if something did, and 2 if there is nothing to compare.
 */
public final class Compare {

    /** A smaller ratio is no change, even if it is the same in every round. */
    private static final double LEAST = 1.05;

    private Compare() {}

    /**
     * Prints the table.
     *
     * @param args the result files: base, change, base, change and so on
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0 || args.length % 2 != 0) {
            System.err.println("usage: Compare BASE CHANGE [BASE CHANGE]...");
            System.exit(2);
        }
        List<Change> changes = List.of();
        try {
            List<Results> rounds = new ArrayList<>();
            for (String arg : args) {
                rounds.add(Results.read(List.of(Path.of(arg))));
            }
            changes = changes(rounds);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        if (changes.isEmpty()) {
            System.err.println("the two commits have no benchmark in common");
            System.exit(2);
        }
        System.out.printf("%-44s %10s %10s   %s%n", "benchmark", "base", "change", "change / base");
        changes.forEach(change -> System.out.println(change.row()));
        System.exit(changes.stream().anyMatch(Change::isSlower) ? 1 : 0);
    }

    /** The benchmarks that all results have, which come by turns from the base and from the change. */
    static List<Change> changes(List<Results> rounds) {
        List<Change> changes = new ArrayList<>();
        for (String name : rounds.get(0).names()) {
            if (rounds.stream().allMatch(results -> results.interval(name).isMeasured())) {
                Throughput base = scores(rounds, 0, name);
                Throughput change = scores(rounds, 1, name);
                boolean throughput = rounds.get(0).fact(name, "mode").equals("thrpt");
                // More calls a second are less time.
                changes.add(new Change(name, base, change, throughput ? base.over(change) : change.over(base)));
            }
        }
        return changes;
    }

    private static Throughput scores(List<Results> rounds, int first, String name) {
        return new Throughput(Stream.iterate(first, i -> i + 2)
                .limit(rounds.size() / 2)
                .mapToDouble(i -> rounds.get(i).interval(name).score())
                .toArray());
    }

    /**
     * How one benchmark changed.
     *
     * @param name the benchmark
     * @param base its scores before
     * @param change its scores after
     * @param ratios how many times as long it took, round by round
     */
    record Change(String name, Throughput base, Throughput change, Throughput ratios) {

        boolean isSlower() {
            return ratios.median() > LEAST && Arrays.stream(ratios.rounds()).allMatch(ratio -> ratio > 1);
        }

        boolean isFaster() {
            return ratios.median() < 1 / LEAST && Arrays.stream(ratios.rounds()).allMatch(ratio -> ratio < 1);
        }

        String row() {
            String verdict = isSlower() ? "SLOWER" : isFaster() ? "faster" : "within noise";
            return String.format(
                    Locale.ROOT,
                    "%-44s %10.2f %10.2f   %s  %s",
                    name,
                    base.median(),
                    change.median(),
                    ratios.text(3).strip(),
                    verdict);
        }
    }
}
