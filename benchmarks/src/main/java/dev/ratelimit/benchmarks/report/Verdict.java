package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results.Interval;
import java.util.Comparator;
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

    /** A ratio, such as 1.25x. */
    static String times(double ratio) {
        String format = ratio < 0.0995 ? "%.3fx" : ratio < 9.995 ? "%.2fx" : ratio < 99.95 ? "%.1fx" : "%,.0fx";
        return String.format(Locale.ROOT, format, ratio);
    }

    /** Whether a unit is of what is done in a second. */
    static boolean moreIsBetter(String unit) {
        return unit.endsWith("/s");
    }

    /** The order of figures. */
    static Comparator<Bar> bestFirst(String unit) {
        return moreIsBetter(unit) ? BY_SCORE.reversed() : BY_SCORE;
    }

    /**
     * Compares the best of ours with the best of the others, and with the floor; empty if there is no other.
     *
     * @param more one more clause; may be empty
     */
    static Optional<Verdict> of(Panel panel, String more) {
        Comparator<Bar> bestFirst = bestFirst(panel.unit());
        Optional<Bar> mine = panel.bars().stream().filter(Bar::ours).min(bestFirst);
        Optional<Bar> other = panel.bars().stream().filter(bar -> !bar.ours()).min(bestFirst);
        if (mine.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        Interval ours = mine.get().value();
        Interval others = other.get().value();
        boolean bytes = panel.unit().equals("bytes");
        boolean none = bytes && ours.score() < NO_BYTES;
        boolean slower = !none && bestFirst.compare(mine.get(), other.get()) > 0;
        boolean overlap = !bytes && ours.high() >= others.low() && ours.low() <= others.high();
        String sentence = (slower ? "**" + panel.title() + ": another library is better.** " : panel.title() + ": ")
                + mine.get().label() + " " + Numbers.with(ours.score(), panel.unit()) + "; "
                + (none ? "" : times(ours.score() / others.score()) + " ")
                + other.get().label() + ", the best of the others (" + Numbers.with(others.score(), panel.unit()) + ")"
                + (overlap ? "; the error bars overlap" : "");
        String floor = panel.hasFloor()
                ? "; " + times(ours.score() / panel.floorValue()) + " the floor (" + panel.floor() + ")"
                : "";
        return Optional.of(new Verdict(sentence + floor + (more.isEmpty() ? "" : "; " + more), slower));
    }
}
