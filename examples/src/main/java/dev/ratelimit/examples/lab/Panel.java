package dev.ratelimit.examples.lab;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One small chart of a picture: a line, such as what was offered; bands upon each other, such as what was allowed; and
 * the limit.
 *
 * <p>The limit belongs to the lowest band: that is where it can be read off whether it was kept.
 *
 * @param title what the panel is about
 * @param line what stands as a line, one value for each bin of time
 * @param lineName what the legend calls it
 * @param bands what is filled, from below
 * @param limit the limit of the lowest band, or of all bands together; not a number if there is none
 * @param limitName what the legend calls it
 * @param notes what happens when
 */
record Panel(
        String title,
        List<Double> line,
        String lineName,
        List<Band> bands,
        double limit,
        String limitName,
        List<Source.Note> notes) {

    static final int HEIGHT = 186;

    private static final int LEFT = 62;
    private static final int RIGHT = 640;
    private static final int TOP = 42;
    private static final int BOTTOM = 156;
    private static final int NOTE_STEP = 13;
    private static final int LEGEND = 660;
    private static final int LEGEND_STEP = 18;

    /** Grey that reads on white and on black alike. */
    static final String INK = "fill=\"#757d87\"";

    private static final String GRID = "stroke=\"#757d87\" stroke-opacity=\"0.28\"";
    private static final String LINE = "fill=\"none\" stroke=\"#8a929b\" stroke-width=\"1.6\"";
    private static final String NOTE = "fill=\"#d97706\" fill-opacity=\"0.10\"";
    private static final String NOTE_TEXT = "fill=\"#b45309\" font-weight=\"bold\"";
    private static final String LIMIT = "stroke=\"#e5484d\" stroke-width=\"1.6\" stroke-dasharray=\"6 4\"";

    /**
     * What was allowed of one source, or anything else that is filled.
     *
     * @param name what the legend calls it
     * @param values one for each bin of time
     * @param colour the fill
     */
    record Band(String name, List<Double> values, String colour) {}

    /** Draws the panel with its upper edge at {@code y}. */
    void draw(Svg svg, int y, Duration length) {
        double step = step();
        double top = step * Math.ceil(highest() / step);
        Scale scale = new Scale(y, top);
        svg.text(LEFT, y + 14, "start", 13, INK + " font-weight=\"bold\"", title);
        for (double value = 0; value <= top; value += step) {
            svg.line(LEFT, scale.y(value), RIGHT, scale.y(value), GRID);
            svg.text(LEFT - 8, scale.y(value) + 4, "end", 11, INK, String.format(Locale.ROOT, "%,.0f", value));
        }
        for (int part = 0; part <= 5; part++) {
            double x = LEFT + (RIGHT - LEFT) * part / 5.0;
            double seconds = length.toMillis() * part / 5.0 / 1000;
            svg.line(x, y + TOP, x, y + BOTTOM, GRID);
            svg.text(x, y + BOTTOM + 15, "middle", 11, INK, trimmed(seconds) + " s");
        }
        List<Double> floor = Collections.nCopies(line.size(), 0.0);
        for (Band band : bands) {
            svg.path(scale.area(floor, band.values()), "fill=\"" + band.colour() + "\" fill-opacity=\"0.85\"");
            floor = sum(floor, band.values());
        }
        svg.path(scale.steps(line), LINE);
        if (hasLimit()) {
            svg.line(LEFT, scale.y(limit), RIGHT, scale.y(limit), LIMIT);
        }
        for (int i = 0; i < notes.size(); i++) {
            note(svg, y, i, notes.get(i));
        }
        legend(svg, y + TOP + 8);
    }

    /** Marks when something happens, and says what; notes that would stand upon each other go one below the other. */
    private void note(Svg svg, int y, int number, Source.Note note) {
        double from = LEFT + (RIGHT - LEFT) * note.from();
        double to = LEFT + (RIGHT - LEFT) * note.to();
        int above =
                (int) notes.subList(0, number).stream().filter(note::overlaps).count();
        if (!note.isOfAll()) {
            svg.rectangle(from, y + TOP, to - from, BOTTOM - TOP, NOTE);
        }
        svg.text((from + to) / 2, y + TOP - 5 + NOTE_STEP * above, "middle", 11, NOTE_TEXT, note.text());
    }

    private void legend(Svg svg, double y) {
        svg.line(LEGEND, y, LEGEND + 18, y, "stroke=\"#8a929b\" stroke-width=\"1.6\"");
        svg.text(LEGEND + 26, y + 4, "start", 11, INK, lineName);
        double at = y;
        if (hasLimit()) {
            at += LEGEND_STEP;
            svg.line(LEGEND, at, LEGEND + 18, at, LIMIT);
            svg.text(LEGEND + 26, at + 4, "start", 11, INK, limitName);
        }
        for (int i = bands.size() - 1; i >= 0; i--) {
            at += LEGEND_STEP;
            svg.rectangle(LEGEND, at - 6, 18, 12, "fill=\"" + bands.get(i).colour() + "\" fill-opacity=\"0.85\"");
            svg.text(LEGEND + 26, at + 4, "start", 11, INK, bands.get(i).name());
        }
    }

    private boolean hasLimit() {
        return !Double.isNaN(limit);
    }

    private double highest() {
        double highest = hasLimit() ? limit * 1.1 : 1;
        for (double value : line) {
            highest = Math.max(highest, value);
        }
        return highest;
    }

    /** Returns a round distance of grid lines that makes three to six of them. */
    private double step() {
        double power = Math.pow(10, Math.floor(Math.log10(highest() / 3)));
        double leading = highest() / 3 / power;
        return power * (leading < 2 ? 1 : leading < 5 ? 2 : 5);
    }

    /** Returns the sums of what two series have in each bin. */
    static List<Double> sum(List<Double> one, List<Double> other) {
        return IntStream.range(0, one.size())
                .mapToObj(i -> one.get(i) + other.get(i))
                .toList();
    }

    private static String trimmed(double seconds) {
        return seconds == Math.rint(seconds)
                ? Long.toString(Math.round(seconds))
                : String.format(Locale.ROOT, "%.1f", seconds);
    }

    /** Where values are on the picture. */
    private record Scale(int upper, double top) {

        double y(double value) {
            return upper + BOTTOM - (BOTTOM - TOP) * value / top;
        }

        private double x(int bin, int bins) {
            return LEFT + (double) (RIGHT - LEFT) * bin / bins;
        }

        /** Returns a line that goes on level within each bin: a bin is a count, not a point. */
        String steps(List<Double> values) {
            StringBuilder d = new StringBuilder();
            for (int i = 0; i < values.size(); i++) {
                append(d, i == 0 ? 'M' : 'L', x(i, values.size()), y(values.get(i)));
                append(d, 'L', x(i + 1, values.size()), y(values.get(i)));
            }
            return d.toString();
        }

        String area(List<Double> floor, List<Double> heights) {
            StringBuilder d = new StringBuilder(steps(sum(floor, heights)));
            for (int i = floor.size() - 1; i >= 0; i--) {
                append(d, 'L', x(i + 1, floor.size()), y(floor.get(i)));
                append(d, 'L', x(i, floor.size()), y(floor.get(i)));
            }
            return d.append('Z').toString();
        }

        private static void append(StringBuilder d, char command, double x, double y) {
            d.append(command).append(String.format(Locale.ROOT, "%.1f %.1f ", x, y));
        }
    }
}
