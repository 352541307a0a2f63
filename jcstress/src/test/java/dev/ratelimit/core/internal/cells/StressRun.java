package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * A run of jcstress in a process of its own, and what came out of it.
 *
 * <p>Its exit status alone is no verdict: that is 0 also if no test matches, if a test cannot be scheduled on so few
 * processors, or if one does not link. So the results are read from the file in which jcstress records them, and
 * counted.
 *
 * @param exitStatus of the process
 * @param output of the process
 * @param results one for each test, configuration and fork
 */
record StressRun(int exitStatus, String output, Collection<TestResult> results) {

    private static final Pattern PLANNED = Pattern.compile("\\(Results: (\\d+) planned;");

    /** Runs the tests whose names match; all files go to a directory, which is emptied. */
    static StressRun of(Path directory, String tests, List<String> options, Duration limit) throws Exception {
        delete(directory);
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        Path log = directory.resolve("output.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Tether.class.getName()));
        command.addAll(List.of("-t", tests, "-r", directory.resolve("report").toString()));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                    .as("jcstress ends within %s; it said:%n%s", limit, Files.readString(log))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new StressRun(process.exitValue(), Files.readString(log), read(directory));
    }

    /** How many results jcstress was going to have. */
    int planned() {
        Matcher matcher = PLANNED.matcher(output);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** Whether jcstress ran the tests of so many parties: not if they are more than processors, but two it has to. */
    boolean hasProcessorsFor(int parties) {
        return parties <= 2
                || !Pattern.compile("\\b" + parties + " actors:\\s+No scheduling is possible")
                        .matcher(output)
                        .find();
    }

    /** What was seen of each test. */
    String summary() {
        int at = output.indexOf("RUN RESULTS:");
        return at < 0 ? output : output.substring(at);
    }

    private static Collection<TestResult> read(Path directory) throws Exception {
        InProcessCollector collector = new InProcessCollector();
        for (Path file : files(directory, "jcstress-results-")) {
            DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
            reader.dump();
            reader.close();
        }
        return collector.getTestResults();
    }

    private static List<Path> files(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .collect(Collectors.toList());
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(StressRun::deleteOne);
        }
    }

    private static void deleteOne(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
