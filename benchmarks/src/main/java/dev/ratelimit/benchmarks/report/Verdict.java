package dev.ratelimit.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How ours compares with the best of the others, in one sentence.
 *
 * @param sentence the sentence
 * @param slower whether ours is not the best
 */
record Verdict(String sentence, boolean slower) {

    /** Less than this in a call is the harness's own, or a collection's, spread over all calls. */
    private static final double NO_BYTES = 0.5;

    private static final Comparator<Bar> BY_SCORE =
            Comparator.comparingDouble(bar -> bar.value().score());

    /** The same with a clause more. */
    Verdict and(String clause) {
        return new Verdict(sentence + "; " + clause, slower);
    }

    /** Ours and the best of the others. */
    private record Pair(Bar our, Bar best, String unit) {

        /** The first of each by an order; nothing if there is none of either. */
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

        /** What to say if the error bars meet. */
        String doubt() {
            boolean overlap = our.value().high() >= best.value().low()
                    && our.value().low() <= best.value().high();
            return overlap ? ", within the error of the two" : "";
        }

        String figures() {
            return String.format(
                    Locale.ROOT,
                    "(%s %s, %s %s %s)",
                    our.label(),
                    Numbers.brief(ours()),
                    best.label(),
                    Numbers.brief(others()),
                    unit);
        }
    }

    /** Compares what is better the less it is; nothing if there is nothing to compare. */
    static Optional<Verdict> least(String job, List<Bar> bars, double subtract, String unit) {
        return Pair.of(bars, BY_SCORE, unit)
                .map(pair -> unit.equals("bytes") && pair.ours() < NO_BYTES
                        ? ofNothing(job, pair)
                        : least(job, pair, (pair.others() - subtract) / (pair.ours() - subtract)));
    }

    private static Verdict ofNothing(String job, Pair pair) {
        String others =
                pair.others() < NO_BYTES ? "nothing, as the best of the others" : "nothing, others at least some";
        return new Verdict(job + ": " + others + " " + pair.figures(), false);
    }

    private static Verdict least(String job, Pair pair, double ratio) {
        boolean allocation = pair.unit().equals("bytes");
        if (ratio < 1) {
            String sentence = String.format(
                    Locale.ROOT,
                    "**%s: ours is not the best**, %.2f times the %s of %s%s %s",
                    job,
                    1 / ratio,
                    allocation ? "memory" : "time",
                    pair.best().label(),
                    pair.doubt(),
                    pair.figures());
            return new Verdict(sentence, true);
        }
        String times = String.format(Locale.ROOT, "%.1f times less than the best of the others", ratio);
        return new Verdict(job + ": " + times + (allocation ? "" : pair.doubt()) + " " + pair.figures(), false);
    }

    /** Compares what is better the more it is; nothing if there is nothing to compare. */
    static Optional<Verdict> most(String job, List<Bar> bars, String unit) {
        return Pair.of(bars, BY_SCORE.reversed(), unit).map(pair -> {
            double ratio = pair.ours() / pair.others();
            String lead = ratio < 1 ? "**" + job + ": ours is not the best**, " : job + ": ";
            String times = String.format(Locale.ROOT, "%.2f times the best of the others", ratio);
            return new Verdict(lead + times + pair.doubt() + " " + pair.figures(), ratio < 1);
        });
    }
}
