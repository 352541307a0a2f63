package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log is read whole, whatever stands in it, and put in the order of time. */
class AccessLogTest {

    @TempDir
    private Path folder;

    @Test
    void linesAreSortedByTimeAndStayInTheirOrderWithinASecond() throws IOException {
        AccessLog log = read(line("b", 5, "/1") + "\n" + line("a", 3, "/2") + "\r\n" + line("c", 5, "/3"));
        assertThat(log.lines()).extracting(LogLine::target).containsExactly("/2", "/1", "/3");
        assertThat(log.broken()).isZero();
        assertThat(log.firstBroken()).isZero();
        assertThat(log.clients()).isEqualTo(3);
    }

    @Test
    void brokenLinesAreCountedAndTheFirstIsNamed() throws IOException {
        AccessLog log = read(line("a", 1, "/") + "\n\nnonsense\n" + line("a", 2, "/") + "\n\u00ff\u0000\u0001\n");
        assertThat(log.lines()).hasSize(2);
        assertThat(log.broken()).isEqualTo(3);
        assertThat(log.firstBroken()).isEqualTo(2);
    }

    @Test
    void lineOfTenMegabytesIsBrokenAndTheNextIsRead() throws IOException {
        AccessLog log = read("x".repeat(10_000_000) + "\n" + line("a", 1, "/") + "\n");
        assertThat(log.lines()).hasSize(1);
        assertThat(log.broken()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoTextAreTakenAsTheyAre() throws IOException {
        AccessLog log = read(line("a", 1, "/\u00e4\u00ff"));
        assertThat(log.lines()).extracting(LogLine::target).containsExactly("/\u00e4\u00ff");
    }

    @Test
    void emptyFile() throws IOException {
        assertThat(read("")).isEqualTo(new AccessLog(List.of(), 0, 0));
    }

    private AccessLog read(String text) throws IOException {
        return AccessLog.read(Files.writeString(folder.resolve("log"), text, StandardCharsets.ISO_8859_1));
    }

    private static String line(String host, int second, String target) {
        return host + " - - [17/May/2015:10:05:0" + second + " +0000] \"GET " + target + " HTTP/1.1\" 200 1";
    }
}
