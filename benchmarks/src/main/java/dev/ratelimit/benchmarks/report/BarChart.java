package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars with their values and errors, in panels below each other; the floor is a dashed line across a panel.
 *
 * <p>Every panel has an axis of its own, which starts at zero, so that lengths can be compared.
 *
 * @param title the measured quantity
 * @param subtitle the unit, and which direction is better
 * @param panels the panels
 * @param footer the machine, the versions and the command
 */
record BarChart(String title, String subtitle, List<Panel> panels, List<String> footer) {

    static final String OURS = "#0b6bcb";
    private static final String OTHERS = "#b4bcc9";
    private static final String FLOOR = "#c4320a";

    private static final String DASHES = "stroke-width=\"1.5\" stroke-dasharray=\"5 3\"";

    /** The most that a letter of the floor's label takes on average, so that the label ends within the picture. */
    private static final double FLOOR_LETTER = 6.8;

    private static final int LEFT = 210;
    private static final int RIGHT = Svg.WIDTH - 110;
    private static final int ROW = 24;
    private static final int BAR = 16;
    private static final int HEAD = 66;
    private static final int PANEL_HEAD = 46;
    private static final int PANEL_FOOT = 30;

    /** Draws it. */
    String svg() {
        int bottom = HEAD + panels.stream().mapToInt(BarChart::height).sum();
        Svg svg = new Svg(title, subtitle, bottom, footer);
        int top = HEAD;
        for (Panel panel : panels) {
            draw(svg, panel, top);
            top += height(panel);
        }
        return svg.document();
    }

    private static int height(Panel panel) {
        return PANEL_HEAD + ROW * panel.bars().size() + PANEL_FOOT;
    }

    private static void draw(Svg svg, Panel panel, int top) {
        List<Double> marks = Numbers.marks(panel.most());
        double most = marks.get(marks.size() - 1);
        int first = top + PANEL_HEAD;
        int bottom = first + ROW * panel.bars().size();
        svg.text(
                20,
                top + 14,
                "start",
                14,
                Svg.INK,
                true,
                panel.title() + (Verdict.moreIsBetter(panel.unit()) ? "; more is better" : ""));
        for (double mark : marks) {
            svg.line(x(mark, most), first - 4, x(mark, most), bottom, Svg.FAINT, "");
            svg.text(x(mark, most), bottom + 14, "middle", 11, Svg.GREY, Numbers.mark(mark, panel.shownUnit()));
        }
        if (panel.hasFloor()) {
            double at = x(panel.floorValue(), most);
            svg.line(at, first - 8, at, bottom, FLOOR, DASHES);
            String label = "floor " + Numbers.with(panel.floorValue(), panel.shownUnit()) + ": " + panel.floor();
            double start = Math.min(at - 2, Svg.WIDTH - 10 - FLOOR_LETTER * label.length());
            svg.text(start, first - 12, "start", 11, FLOOR, label);
        }
        int y = first;
        for (Bar bar : panel.bars()) {
            draw(svg, bar, y, most, panel.shownUnit());
            y += ROW;
        }
    }

    private static void draw(Svg svg, Bar bar, int y, double most, String unit) {
        double value = bar.value().score();
        String colour = bar.ours() ? OURS : OTHERS;
        String ink = bar.ours() ? OURS : Svg.INK;
        svg.text(LEFT - 10, y + 13, "end", 13, ink, bar.ours(), bar.label());
        if (value > most) {
            svg.rectangle(LEFT, y, RIGHT - LEFT, BAR, colour);
            for (int gap : new int[] {70, 60}) {
                svg.line(RIGHT - gap - 6, y + BAR + 3, RIGHT - gap + 6, y - 3, "#ffffff", "stroke-width=\"3\"");
            }
            svg.text(RIGHT + 6, y + 13, "start", 13, ink, Numbers.with(value, unit) + " (cut)");
            return;
        }
        svg.rectangle(LEFT, y, x(value, most) - LEFT, BAR, colour);
        double end = Math.max(x(value, most), error(svg, bar, y + BAR / 2.0, most));
        double error = (bar.value().high() - value) / value;
        String number = Numbers.with(value, unit)
                + (bar.value().low() > 0 ? "" : String.format(Locale.ROOT, " ± %.0f %%", 100 * error));
        // A white ground, so that the dashed line of the floor does not cross the number.
        svg.rectangle(end + 6, y, 8.5 * number.length(), BAR, "#ffffff");
        svg.text(end + 8, y + 13, "start", 13, ink, number);
    }

    /**
     * Draws the error bar, at most to the end of the axis; returns its right end. An error as large as the value has no
     * bar, because a bar that reaches zero says nothing; it stands beside the value.
     */
    private static double error(Svg svg, Bar bar, double middle, double most) {
        double low = bar.value().low();
        double high = Math.min(bar.value().high(), most);
        if (low <= 0 || high <= low) {
            return 0;
        }
        svg.line(x(low, most), middle, x(high, most), middle, Svg.INK, "");
        svg.line(x(low, most), middle - 4, x(low, most), middle + 4, Svg.INK, "");
        // A bound beyond the axis has no mark.
        if (bar.value().high() <= most) {
            svg.line(x(high, most), middle - 4, x(high, most), middle + 4, Svg.INK, "");
        }
        return x(high, most);
    }

    private static double x(double value, double most) {
        return LEFT + (RIGHT - LEFT) * value / most;
    }
}
