package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line from end to end: what is printed where, and with what status it ends. */
@Timeout(120)
class MainIT {

    private static final String GOOD = "192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 1\n";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void demonstrationEndsWellAndLeavesAPicture() throws IOException {
        Path svg = folder.resolve("made/up/traffic.svg");
        int status = run("--seconds", "5", "--seed", "5", "--svg", svg.toString());
        // The machine may be busy; then the run says so.
        assertThat(status).as("%s%s", text(out), text(err)).isIn(0, Pace.TOO_BUSY);
        assertThat(text(out).contains("COULD NOT KEEP UP")).isEqualTo(status == Pace.TOO_BUSY);
        assertThat(text(out))
                .startsWith("this machine serves ")
                .containsPattern("load and limits are (\\d\\d|100) % of");
        assertThat(text(out))
                .contains("platinum", "gold", "silver", "bronze", "others", "waited", "seed 5", svg.toString(), "agree")
                .containsPattern("the cache answered [1-9][\\d,]* of the .*hit rate [1-9]")
                .doesNotContain("\r");
        // Its quota of 100 a minute begins with the run.
        assertThat(text(out)).containsPattern("(?m)^bronze +\\d+ +\\d+ +0 +\\d+ +\\d+ +[1-9]");
        assertThat(svg).content().startsWith("<svg").contains("seed 5");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void replayCountsBrokenLinesAndRefusals() throws IOException {
        Path log = Files.writeString(folder.resolve("log"), GOOD.repeat(5) + "broken\n" + GOOD.repeat(20) + "\n");
        assertThat(run("--log", log.toString())).isZero();
        assertThat(text(out))
                .contains("25 requests of 1 clients")
                .contains("skipped broken lines: 2, the first is line 6")
                .contains("20 allowed, 5 refused (20.0 %), 0 errors")
                .doesNotContain("\r");
    }

    @Test
    void replayGivesTheSameAnswersAtEverySpeed() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int second = 0; second < 60; second++) {
            lines.append(GOOD.replace("10:05:03", String.format(Locale.ROOT, "10:05:%02d", second))
                    .repeat(2));
        }
        Path log = Files.writeString(folder.resolve("log"), lines);
        assertThat(run("--log", log.toString(), "--speed-up", "30", "--rate", "1/s"))
                .isZero();
        assertThat(run("--log", log.toString(), "--speed-up", "1000000", "--rate", "1/s"))
                .isZero();
        assertThat(text(out).lines().filter(line -> line.contains("allowed,")))
                .hasSize(2)
                .allMatch(line -> line.contains("60 allowed, 60 refused"));
    }

    @Test
    void logWithoutALineIsNoError() throws IOException {
        Path log = Files.writeString(folder.resolve("log"), "");
        assertThat(run("--log", log.toString())).isZero();
        assertThat(text(out)).contains("nothing to replay");
    }

    @Test
    void missingFileAndFolderAreOneLineAndStatusTwo() {
        refused("there is no file", "--log", folder.resolve("nowhere").toString());
        refused("is a directory", "--log", folder.toString());
        refused("--quotas: ", "--serve", "--quotas", folder.resolve("a;b").toString());
        refused("cannot be written", "--seconds", "1", "--svg", folder.toString());
    }

    @Test
    void wrongArgumentsAreOneLineAndStatusTwo() {
        refused("unknown option", "--what");
        refused("value is missing", "--seed");
        refused("from 1 to 3600", "--seconds", "0");
    }

    @Test
    void takenPortIsOneLineAndStatusTwo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            refused("port is taken", "--seconds", "1", "--port", Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void helpIsPrintedToTheOutput() {
        assertThat(run("--help")).isZero();
        assertThat(text(out)).startsWith("usage:");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void progressIsShownOnlyOnATerminal() {
        new ProgressLine(stream(out), false).show("half");
        assertThat(text(out)).isEmpty();
        ProgressLine terminal = new ProgressLine(stream(out), true);
        terminal.show("half");
        terminal.clear();
        assertThat(text(out)).startsWith("\rhalf").endsWith("\r");
    }

    private void refused(String message, String... arguments) {
        out.reset();
        err.reset();
        assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(2);
        assertThat(text(err)).contains(message).endsWith("\n");
        assertThat(text(err).lines()).hasSize(1);
        assertThat(text(out)).isEmpty();
    }

    private int run(String... arguments) {
        return Main.run(List.of(arguments), stream(out), stream(err));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
