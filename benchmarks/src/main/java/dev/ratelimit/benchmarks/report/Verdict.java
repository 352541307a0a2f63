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

    /** Compares what is better the less it is; nothing if there is nothing to compare. */
    static Optional<Verdict> least(String job, List<Bar> bars, double subtract, String unit) {
        Comparator<Bar> byScore = Comparator.comparingDouble(bar -> bar.value().score());
        Optional<Bar> mine = bars.stream().filter(Bar::ours).min(byScore);
        Optional<Bar> others = bars.stream().filter(bar -> !bar.ours()).min(byScore);
        if (mine.isEmpty() || others.isEmpty()) {
            return Optional.empty();
        }
        Bar our = mine.get();
        Bar best = others.get();
        double ratio = (best.value().score() - subtract) / (our.value().score() - subtract);
        boolean overlap = our.value().high() >= best.value().low()
                && our.value().low() <= best.value().high();
        String figures = String.format(
                Locale.ROOT,
                "%s %s, %s %s %s",
                our.label(),
                Numbers.brief(our.value().score()),
                best.label(),
                Numbers.brief(best.value().score()),
                unit);
        if (ratio < 1 && !(unit.equals("bytes") && our.value().score() < NO_BYTES)) {
            return Optional.of(new Verdict(
                    String.format(
                            Locale.ROOT,
                            "**%s: ours is not the best**, %.2f times the %s of %s%s (%s)",
                            job,
                            1 / ratio,
                            noun(unit),
                            best.label(),
                            overlap ? ", within the error of the two" : "",
                            figures),
                    true));
        }
        boolean allocation = unit.equals("bytes");
        String times = String.format(Locale.ROOT, "%.1f times less than the best of the others", ratio);
        if (allocation && our.value().score() < NO_BYTES) {
            times = best.value().score() < NO_BYTES
                    ? "nothing, as the best of the others"
                    : "nothing, others at least some";
        }
        return Optional.of(new Verdict(
                job + ": " + times + (overlap && !allocation ? ", within the error of the two" : "") + " (" + figures
                        + ")",
                false));
    }

    /** Compares what is better the more it is; nothing if there is nothing to compare. */
    static Optional<Verdict> most(String job, List<Bar> bars, String unit) {
        Comparator<Bar> byScore = Comparator.comparingDouble(bar -> bar.value().score());
        Optional<Bar> mine = bars.stream().filter(Bar::ours).max(byScore);
        Optional<Bar> others = bars.stream().filter(bar -> !bar.ours()).max(byScore);
        if (mine.isEmpty() || others.isEmpty()) {
            return Optional.empty();
        }
        Bar our = mine.get();
        Bar best = others.get();
        double ratio = our.value().score() / best.value().score();
        boolean overlap = our.value().high() >= best.value().low()
                && our.value().low() <= best.value().high();
        String figures = String.format(
                Locale.ROOT,
                "%s %s, %s %s %s",
                our.label(),
                Numbers.brief(our.value().score()),
                best.label(),
                Numbers.brief(best.value().score()),
                unit);
        String lead = ratio < 1 ? "**" + job + ": ours is not the best**, " : job + ": ";
        return Optional.of(new Verdict(
                String.format(
                        Locale.ROOT,
                        "%s%.2f times the best of the others%s (%s)",
                        lead,
                        ratio,
                        overlap ? ", within the error of the two" : "",
                        figures),
                ratio < 1));
    }

    private static String noun(String unit) {
        return unit.startsWith("bytes") ? "memory" : "time";
    }
}
