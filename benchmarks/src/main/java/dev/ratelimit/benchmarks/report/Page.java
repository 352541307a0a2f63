package dev.ratelimit.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text of the report, from the template {@code report.md}: names in braces stand for facts, and a section with a
 * picture is left out if the picture was not drawn.
 */
final class Page {

    private static final Pattern FACT = Pattern.compile("\\{([a-z0-9.]+)}");
    private static final Pattern PICTURE = Pattern.compile("!\\[[^]]*]\\((.*)\\.svg\\)");

    private Page() {}

    /** The page, as Markdown. */
    static String of(Environment environment, List<Chapter> chapters, String rawFolder, List<Path> others)
            throws IOException {
        List<Verdict> slower = chapters.stream()
                .flatMap(chapter -> chapter.verdicts().stream())
                .filter(Verdict::slower)
                .toList();
        StringBuilder links = new StringBuilder();
        for (Path other : others) {
            String title = Files.readAllLines(other).get(0).replaceFirst("^#+ *", "");
            links.append("- [" + title + "](" + other.getFileName() + ")\n");
        }
        String text = FACT.matcher(Names.text("report.md"))
                .replaceAll(found -> Matcher.quoteReplacement(
                        switch (found.group(1)) {
                            case "raw" -> rawFolder;
                            case "better" -> slower.isEmpty() ? "In no row of this run.\n" : list(slower);
                            case "others" -> links.toString();
                            default -> environment.fact(found.group(1));
                        }));
        StringBuilder page = new StringBuilder();
        for (String section : text.split("(?m)^(?=## )", -1)) {
            Matcher found = PICTURE.matcher(section);
            if (found.find()) {
                String picture = found.group(1);
                chapters.stream()
                        .filter(chapter -> chapter.picture().equals(picture))
                        .forEach(chapter -> page.append(section + list(chapter.verdicts()) + "\n"));
            } else {
                page.append(section);
            }
        }
        return page.toString().stripTrailing() + "\n";
    }

    private static String list(List<Verdict> verdicts) {
        return verdicts.stream()
                .map(verdict -> "- " + verdict.sentence() + "\n")
                .collect(Collectors.joining());
    }
}
