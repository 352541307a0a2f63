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
        String format = ratio < 0.0995 ? "%.3fx" : ratio < 9.995 ? "%.2fx" : ratio < 99.95 ? "%.1fx" : "%,.0fx";
        return String.format(Locale.ROOT, format, ratio);
    }

    /**
     * Compares values of which less is better; empty if there is nothing to compare.
     *
     * @param subtract an amount that all values contain, and that does not count
     */
    static Optional<Verdict> least(String job, List<Bar> bars, double subtract, String unit) {
        return of(job, bars, BY_SCORE, subtract, unit);
    }

    /** Compares values of which more is better; empty if there is nothing to compare. */
    static Optional<Verdict> most(String job, List<Bar> bars, String unit) {
        return of(job, bars, BY_SCORE.reversed(), 0, unit);
    }

    private static Optional<Verdict> of(
            String job, List<Bar> bars, Comparator<Bar> bestFirst, double subtract, String unit) {
        Optional<Bar> mine = bars.stream().filter(Bar::ours).min(bestFirst);
        Optional<Bar> other = bars.stream().filter(bar -> !bar.ours()).min(bestFirst);
        if (mine.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        Bar our = mine.get();
        Bar best = other.get();
        double ours = our.value().score() - subtract;
        double others = best.value().score() - subtract;
        boolean bytes = unit.equals("bytes");
        boolean none = bytes && ours < NO_BYTES;
        boolean slower = !none && bestFirst.compare(our, best) > 0;
        boolean overlap = our.value().high() >= best.value().low()
                && our.value().low() <= best.value().high();
        String sentence = (slower ? "**" + job + ": another library is better.** " : job + ": ")
                + our.label() + " " + Numbers.with(ours, unit) + "; " + (none ? "" : times(ours / others) + " ")
                + best.label() + ", the best of the others (" + Numbers.with(others, unit) + ")"
                + (overlap && !bytes ? "; the error bars overlap" : "");
        return Optional.of(new Verdict(sentence, slower));
    }
}
