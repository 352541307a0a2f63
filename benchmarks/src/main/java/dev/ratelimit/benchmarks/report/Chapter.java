package dev.ratelimit.benchmarks.report;

import java.util.List;

/**
 * A part of the report: what was measured, a picture, and what it says.
 *
 * @param title the heading
 * @param text what was measured, and how
 * @param picture the picture's file name, without its end
 * @param svg the picture
 * @param verdicts what it says
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
