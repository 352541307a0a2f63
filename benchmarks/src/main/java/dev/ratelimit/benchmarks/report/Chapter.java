package dev.ratelimit.benchmarks.report;

import java.util.List;

/**
 * A chapter of the report: a text, a picture and comparisons.
 *
 * @param title the heading
 * @param text the measurement
 * @param picture the picture's file name, without the suffix
 * @param svg the picture
 * @param verdicts the comparisons
 */
record Chapter(String title, String text, String picture, String svg, List<Verdict> verdicts) {

    Chapter {
        verdicts = List.copyOf(verdicts);
    }

    /** The chapter as Markdown. */
    String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("## ").append(title).append("\n\n").append(text).append("\n\n");
        page.append("![").append(title).append("](").append(picture).append(".svg)\n\n");
        verdicts.forEach(verdict -> page.append("- ").append(verdict.sentence()).append('\n'));
        return page.append('\n').toString();
    }
}
