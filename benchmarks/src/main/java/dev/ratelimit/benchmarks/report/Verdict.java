package dev.ratelimit.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A comparison of this library with the best of the others, in one sentence.
 *
 * @param sentence the sentence
 * @param slower whether another library is better
 */
record Verdict(String sentence, boolean slower) {

    /** Less than this in a call is an effect of the harness, or a collection that is spread over all calls. */
    private static final double NO_BYTES = 0.5;

    private static final Comparator<Bar> BY_SCORE =
            Comparator.comparingDouble(bar -> bar.value().score());

    /** The same with one more clause. */
    Verdict and(String clause) {
        return new Verdict(sentence + "; " + clause, slower);
    }

    /** Adds the ratio of the best of ours to the floor of a panel, if it has one. */
    Verdict withFloor(Panel panel) {
        double ours = panel.bars().stream()
                .filter(Bar::ours)
                .mapToDouble(bar -> bar.value().score())
                .min()
                .orElse(Double.NaN);
        return panel.hasFloor() ? and(times(ours / panel.floorValue()) + " the floor (" + panel.floor() + ")") : this;
    }

    /** A ratio, such as 1.25x. */
    static String times(double ratio) {
        return String.format(
                Locale.ROOT,
                ratio < 0.0995 ? "%.3fx" : ratio < 9.995 ? "%.2fx" : ratio < 99.95 ? "%.1fx" : "%,.0fx",
                ratio);
    }

    /** The best of ours and the best of the others. */
    private record Pair(Bar our, Bar best, String unit) {

        /** The first of each by an order; empty if either has none. */
        static Optional<Pair> of(List<Bar> bars, Comparator<Bar> order, String unit) {
            Optional<Bar> our = bars.stream().filter(Bar::ours).min(order);
            Optional<Bar> best = bars.stream().filter(bar -> !bar.ours()).min(order);
            return our.flatMap(mine -> best.map(other -> new Pair(mine, other, unit)));
        }

        double ours() {
            return our.value().score();
        }

        double others() {
            return best.value().score();
        }

        /** The remark for error bars that overlap. */
        String doubt() {
            boolean overlap = our.value().high() >= best.value().low()
                    && our.value().low() <= best.value().high();
            return overlap ? "; the error bars overlap" : "";
        }

        Verdict verdict(String job, double ratio, boolean slower, double subtract, boolean certain) {
            String lead = slower ? "**" + job + ": another library is better.** " : job + ": ";
            return new Verdict(
                    lead + our.label() + " " + Numbers.with(ours() - subtract, unit)
                            + (Double.isNaN(ratio) ? "; " : "; " + times(ratio) + " ") + best.label()
                            + ", the best of the others (" + Numbers.with(others() - subtract, unit) + ")"
                            + (certain ? "" : doubt()),
                    slower);
        }
    }

    /**
     * Compares values of which less is better; empty if there is nothing to compare.
     *
     * @param subtract an amount that all values contain, and that does not count
     */
    static Optional<Verdict> least(String job, List<Bar> bars, double subtract, String unit) {
        return Pair.of(bars, BY_SCORE, unit).map(pair -> {
            boolean allocation = unit.equals("bytes");
            if (allocation && pair.ours() < NO_BYTES) {
                return pair.verdict(job, Double.NaN, false, 0, true);
            }
            double ratio = (pair.ours() - subtract) / (pair.others() - subtract);
            return pair.verdict(job, ratio, ratio > 1, subtract, allocation);
        });
    }

    /** Compares values of which more is better; empty if there is nothing to compare. */
    static Optional<Verdict> most(String job, List<Bar> bars, String unit) {
        return Pair.of(bars, BY_SCORE.reversed(), unit).map(pair -> {
            double ratio = pair.ours() / pair.others();
            return pair.verdict(job, ratio, ratio < 1, 0, false);
        });
    }
}
