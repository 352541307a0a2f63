package dev.ratelimit.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** Calls a second, or how many times as many as another's, in each round. */
final class Throughput {

    private final double[] rounds;

    Throughput(double... rounds) {
        this.rounds = rounds.clone();
    }

    /** How many times as many as a floor's, round by round. */
    Throughput over(Throughput floor) {
        return new Throughput(IntStream.range(0, rounds.length)
                .mapToDouble(i -> rounds[i] / floor.rounds[i])
                .toArray());
    }

    /** The round in the middle; of two, the lower one. */
    double median() {
        return sorted()[(rounds.length - 1) / 2];
    }

    /** Each round. */
    double[] rounds() {
        return rounds.clone();
    }

    /** The median, and the least and the most. */
    String text(int digits) {
        double[] sorted = sorted();
        String number = "%,." + digits + "f";
        return String.format(
                Locale.ROOT,
                "%9s (%s to %s)",
                String.format(Locale.ROOT, number, median()),
                String.format(Locale.ROOT, number, sorted[0]),
                String.format(Locale.ROOT, number, sorted[sorted.length - 1]));
    }

    private double[] sorted() {
        double[] sorted = rounds.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
