package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** An SVG picture in the making: the few shapes that a chart needs, as XML. */
final class Svg {

    static final String GREY = "#667085";
    static final String INK = "#1d2939";
    static final String FAINT = "#e4e7ec";

    static final int WIDTH = 860;

    private final StringBuilder xml = new StringBuilder();

    /**
     * Begins a picture with its head and its footer.
     *
     * @param bottom where its drawing ends
     * @param footer the lines below, which say what it was measured with
     */
    Svg(String title, String subtitle, int bottom, List<String> footer) {
        element(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\""
                        + " font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n<title>%3$s</title>\n"
                        + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#ffffff\"/>",
                WIDTH, bottom + 15 * footer.size() + 14, escaped(title));
        text(20, 28, "start", 18, INK, true, title);
        text(20, 48, "start", 13, GREY, subtitle);
        for (int i = 0; i < footer.size(); i++) {
            text(20, bottom + 14 + 15 * i, "start", 11, GREY, footer.get(i));
        }
    }

    void line(double x1, double y1, double x2, double y2, String stroke, String style) {
        element(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" %s/>",
                x1, y1, x2, y2, stroke, style);
    }

    void rectangle(double x, double y, double width, double height, String fill) {
        element("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, width, height, fill);
    }

    void dot(double x, double y, double radius, String fill) {
        element("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>", x, y, radius, fill);
    }

    /** Adds a text; the anchor is start, middle or end. */
    void text(double x, double y, String anchor, int size, String fill, String text) {
        text(x, y, anchor, size, fill, false, text);
    }

    /** Adds a text, in bold if it is so asked. */
    void text(double x, double y, String anchor, int size, String fill, boolean bold, String text) {
        element(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\"%s>%s</text>",
                x, y, anchor, size, fill, bold ? " font-weight=\"bold\"" : "", escaped(text));
    }

    private void element(String format, Object... arguments) {
        xml.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Returns the whole document. */
    String document() {
        return xml + "</svg>\n";
    }
}
