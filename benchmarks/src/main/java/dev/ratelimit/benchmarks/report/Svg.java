package dev.ratelimit.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** An SVG picture in the making: the few shapes that a chart needs, as XML. */
final class Svg {

    static final String GREY = "#667085";
    static final String INK = "#1d2939";
    static final String FAINT = "#e4e7ec";

    private final StringBuilder xml = new StringBuilder();

    Svg(int width, int height, String title) {
        xml.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">%n<title>%s</title>%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
                width,
                height,
                width,
                height,
                escaped(title),
                width,
                height));
    }

    Svg line(double x1, double y1, double x2, double y2, String stroke, String style) {
        return element(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" %s/>",
                x1, y1, x2, y2, stroke, style);
    }

    Svg rectangle(double x, double y, double width, double height, String fill) {
        return element(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, width, height, fill);
    }

    Svg dot(double x, double y, double radius, String fill) {
        return element("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>", x, y, radius, fill);
    }

    /** Adds a text; the anchor is start, middle or end. */
    Svg text(double x, double y, String anchor, int size, String fill, String text) {
        return text(x, y, anchor, size, fill, false, text);
    }

    /** Adds a text, in bold if it is so asked. */
    Svg text(double x, double y, String anchor, int size, String fill, boolean bold, String text) {
        return element(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\"%s>%s</text>",
                x, y, anchor, size, fill, bold ? " font-weight=\"bold\"" : "", escaped(text));
    }

    /** Adds the lines below a picture, which say what it was measured with. */
    Svg footer(double x, double y, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            text(x, y + 15 * i, "start", 11, GREY, lines.get(i));
        }
        return this;
    }

    private Svg element(String format, Object... arguments) {
        xml.append(String.format(Locale.ROOT, format, arguments)).append('\n');
        return this;
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
