package dev.ratelimit.benchmarks.report;

import java.util.Comparator;
import java.util.List;

/**
 * Bars that are compared with each other.
 *
 * @param title what all of them do
 * @param floor what none can go below, by its label; empty if there is no floor
 * @param floorValue the floor; not a number if there is none
 * @param bars the bars, in the order of the picture
 */
record Panel(String title, String floor, double floorValue, List<Bar> bars) {

    private static final double CUT = 4;

    Panel {
        bars = List.copyOf(bars);
    }

    boolean hasFloor() {
        return !Double.isNaN(floorValue);
    }

    /**
     * The right end of the axis has to be at least here: where the bars and their errors end, but for a bar that is several times
     * as long as all others. That one is cut, or nobody could see the others.
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
