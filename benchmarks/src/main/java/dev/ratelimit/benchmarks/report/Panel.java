package dev.ratelimit.benchmarks.report;

import java.util.Comparator;
import java.util.List;

/**
 * Bars that are compared with each other.
 *
 * @param title the job that all bars do
 * @param floor the label of the floor, which no bar can go below; empty if there is no floor
 * @param floorValue the floor; not a number if there is none
 * @param bars the bars, in the order of the picture
 * @param unit the unit of the values
 */
record Panel(String title, String floor, double floorValue, List<Bar> bars, String unit) {

    private static final double CUT = 4;

    Panel {
        bars = List.copyOf(bars);
    }

    /** Bars without a floor. */
    Panel(String title, List<Bar> bars, String unit) {
        this(title, "", Double.NaN, bars, unit);
    }

    /** The same with the floor taken from all bars, as another job. */
    Panel withoutFloor(String job) {
        return new Panel(
                job,
                bars.stream()
                        .map(bar -> new Bar(bar.label(), bar.value().minus(floorValue), bar.ours()))
                        .toList(),
                unit);
    }

    /** The unit beside each value; a picture names other units than those of time once, in its head. */
    String shownUnit() {
        return unit.equals("ns") || unit.equals("µs") ? unit : "";
    }

    /** Whether a bar or the floor is of a library. */
    boolean names(String library) {
        return floor.contains(library)
                || bars.stream().anyMatch(bar -> bar.label().contains(library));
    }

    boolean hasFloor() {
        return !Double.isNaN(floorValue);
    }

    /**
     * The minimum of the right end of the axis: the end of the bars and their errors. A bar that is several times as
     * long as all others does not count: it is cut, so that the others can be seen.
     */
    double most() {
        List<Double> scores = bars.stream()
                .map(bar -> bar.value().score())
                .sorted(Comparator.reverseOrder())
                .toList();
        double longest = scores.get(0);
        double next = scores.size() > 1 ? scores.get(1) : longest;
        double limit = longest > CUT * next ? Math.max(next, hasFloor() ? floorValue : 0) : longest;
        return bars.stream()
                .filter(bar -> bar.value().score() <= limit)
                .mapToDouble(
                        bar -> Math.min(bar.value().high(), 1.5 * bar.value().score()))
                .reduce(Math.max(limit, hasFloor() ? floorValue : 0), Math::max);
    }
}
