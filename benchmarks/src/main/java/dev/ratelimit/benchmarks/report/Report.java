package dev.ratelimit.benchmarks.report;

import dev.ratelimit.benchmarks.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The report of measurements: {@code README.md} and its pictures, out of a folder of raw results.
 *
 * <p>Run by {@code benchmarks/report}; the arguments are the folder of the results and the folder of the report.
 * Measurements without results have no chapter.
 */
public final class Report {

    private Report() {}

    /**
     * Renders it.
     *
     * @param args the folder with {@code environment.txt} and the results, and the folder to write to
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: Report RESULTS REPORT");
            System.exit(2);
        }
        try {
            List<Path> written = render(Path.of(args[0]), Path.of(args[1]));
            written.forEach(System.out::println);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** Writes the page and its pictures, and returns what it wrote. */
    static List<Path> render(Path raw, Path report) throws IOException {
        Path facts = raw.resolve("environment.txt");
        if (!Files.isRegularFile(facts)) {
            throw new IllegalArgumentException("no " + facts + "; benchmarks/all makes it and the results beside it");
        }
        Run run = new Run(Results.read(files(raw, ".json")), Environment.read(facts));
        List<Chapter> chapters = Stream.of(Comparisons.chapters(run), Growth.chapters(run), Quotas.chapters(run))
                .flatMap(chapter -> chapter)
                .toList();
        if (chapters.isEmpty()) {
            throw new IllegalArgumentException("nothing that the report shows is among the results in " + raw);
        }
        List<Path> written = new ArrayList<>();
        for (Chapter chapter : chapters) {
            written.add(Files.writeString(report.resolve(chapter.picture() + ".svg"), chapter.svg()));
        }
        String folder = report.toAbsolutePath().relativize(raw.toAbsolutePath()).toString();
        // The pages that are written by hand.
        List<Path> others = new ArrayList<>(files(report, ".md"));
        others.removeIf(page -> page.endsWith("README.md"));
        written.add(
                Files.writeString(report.resolve("README.md"), Page.of(run.environment(), chapters, folder, others)));
        return written;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }
}
