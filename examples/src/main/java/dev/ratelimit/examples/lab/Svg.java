package dev.ratelimit.examples.lab;

import java.util.Locale;

/** An SVG picture in the making: the few shapes that a chart needs, as XML. */
final class Svg {

    private final StringBuilder xml = new StringBuilder();

    Svg(int width, int height, String title) {
        xml.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">%n<title>%s</title>%n",
                width,
                height,
                width,
                height,
                escaped(title)));
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        return element("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>", x1, y1, x2, y2, style);
    }

    Svg rectangle(double x, double y, double width, double height, String style) {
        return element("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>", x, y, width, height, style);
    }

    /** Adds a path in the language of the {@code d} attribute. */
    Svg path(String d, String style) {
        return element("<path d=\"%s\" %s/>", d, style);
    }

    /** Adds a text; the anchor is start, middle or end. */
    Svg text(double x, double y, String anchor, int size, String style, String text) {
        return element(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" %s>%s</text>",
                x, y, anchor, size, style, escaped(text));
    }

    private Svg element(String format, Object... arguments) {
        xml.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
        return this;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Returns the whole document. */
    String document() {
        return xml + "</svg>" + System.lineSeparator();
    }
}
