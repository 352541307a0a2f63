package dev.ratelimit.benchmarks.report;

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

    Panel {
        bars = List.copyOf(bars);
    }

    boolean hasFloor() {
        return !Double.isNaN(floorValue);
    }

    /** The right end of the axis has to be at least here. */
    double most() {
        return bars.stream()
                .mapToDouble(
                        bar -> Math.min(bar.value().high(), 1.5 * bar.value().score()))
                .reduce(hasFloor() ? floorValue : 0, Math::max);
    }
}
