package dev.ratelimit.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * Lines over counts, both axes logarithmic; each line is labelled where it ends.
 *
 * @param title the measured quantity
 * @param subtitle the unit of the vertical axis, and which direction is better
 * @param unit the unit of the values; empty for numbers alone
 * @param across the label of the horizontal axis
 * @param lines the lines
 * @param footer the machine, the versions and the command
 */
record LineChart(String title, String subtitle, String unit, String across, List<Line> lines, List<String> footer) {

    /** The first is ours. */
    private static final List<String> COLOURS = List.of(BarChart.OURS, "#c4320a", "#027a48", "#7a5af8", "#b54708");

    private static final int LEFT = 70;
    private static final int RIGHT = 600;
    private static final int TOP = 70;
    private static final int BOTTOM = 370;
    private static final int LABEL = 17;

    /** Draws it. */
    String svg() {
        TreeSet<Long> counts = new TreeSet<>();
        lines.forEach(line -> counts.addAll(line.points().keySet()));
        Axis x = Axis.from((double) counts.first(), (double) counts.last());
        Axis y = Axis.over(lines.stream()
                .flatMap(line -> line.points().values().stream())
                .flatMapToDouble(point -> DoubleStream.of(point.score(), point.high())));
        Svg svg = new Svg(title, subtitle, BOTTOM + 48, footer);
        for (double mark : y.marks()) {
            double at = y.at(mark, BOTTOM, TOP);
            svg.line(LEFT, at, RIGHT, at, Svg.FAINT, "");
            svg.text(LEFT - 8, at + 4, "end", 11, Svg.GREY, Numbers.mark(mark, unit));
        }
        for (long mark : counts) {
            double at = x.at((double) mark, LEFT, RIGHT);
            svg.line(at, TOP, at, BOTTOM, Svg.FAINT, "");
            svg.text(at, BOTTOM + 16, "middle", 11, Svg.GREY, Numbers.mark((double) mark, ""));
        }
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 34, "middle", 12, Svg.INK, across);
        lines.forEach(line -> draw(svg, line, x, y));
        label(svg, x, y);
        return svg.document();
    }

    private void draw(Svg svg, Line line, Axis x, Axis y) {
        String colour = colour(line);
        double[] before = {Double.NaN, Double.NaN};
        line.points().forEach((count, point) -> {
            double acrossAt = x.at((double) count, LEFT, RIGHT);
            double upAt = y.at(point.score(), BOTTOM, TOP);
            if (!Double.isNaN(before[0])) {
                String style = "stroke-width=\"2\"" + (line.dashed() ? " stroke-dasharray=\"5 3\"" : "");
                svg.line(before[0], before[1], acrossAt, upAt, colour, style);
            }
            double low = y.at(Math.max(point.low(), y.marks().get(0)), BOTTOM, TOP);
            double high = y.at(point.high(), BOTTOM, TOP);
            svg.line(acrossAt, low, acrossAt, high, colour, "");
            svg.dot(acrossAt, upAt, 3.5, colour);
            before[0] = acrossAt;
            before[1] = upAt;
        });
    }

    /** Draws the labels at the ends of their lines, and moves them apart if lines end close together. */
    private void label(Svg svg, Axis x, Axis y) {
        List<Line> fromTop = lines.stream()
                .sorted(Comparator.comparingDouble(line -> -line.last().score()))
                .toList();
        double[] places = new double[fromTop.size()];
        for (int i = 0; i < places.length; i++) {
            double wanted = y.at(fromTop.get(i).last().score(), BOTTOM, TOP);
            places[i] = i == 0 ? wanted : Math.max(wanted, places[i - 1] + LABEL);
        }
        for (int i = places.length - 1; i >= 0; i--) {
            double limit = i == places.length - 1 ? BOTTOM : places[i + 1] - LABEL;
            places[i] = Math.min(places[i], limit);
        }
        for (int i = 0; i < places.length; i++) {
            Line line = fromTop.get(i);
            String colour = colour(line);
            double end = x.at((double) line.points().lastKey(), LEFT, RIGHT);
            double from = y.at(line.last().score(), BOTTOM, TOP);
            svg.line(end + 6, from, RIGHT + 14, places[i], colour, "stroke-width=\"0.6\"");
            String text = line.label() + "  " + Numbers.with(line.last().score(), unit);
            svg.text(RIGHT + 18, places[i] + 4, "start", 12, colour, colour.equals(BarChart.OURS), text);
        }
    }

    private String colour(Line line) {
        return COLOURS.get(lines.indexOf(line));
    }
}
