package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of both formats are read; what is neither is broken, and never an exception. */
class LogLineTest {

    private static final String HEAD = "192.0.2.1 - - [17/May/2015:10:05:03 +0000] ";

    @Test
    void commonFormat() {
        assertThat(LogLine.parse("192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 200 2326"))
                .contains(new LogLine("192.0.2.1", Instant.parse("2000-10-10T20:55:36Z"), "GET", "/a.gif", ""));
    }

    @Test
    void combinedFormat() {
        assertThat(LogLine.parse(HEAD + "\"POST /a?b=c HTTP/1.1\" 404 12 \"http://example.com/\" \"curl/8.0\""))
                .contains(
                        new LogLine("192.0.2.1", Instant.parse("2015-05-17T10:05:03Z"), "POST", "/a?b=c", "curl/8.0"));
    }

    @Test
    void escapedQuotesAndBackslashesAreReadAsThemselves() {
        assertThat(LogLine.parse(HEAD + "\"GET /a HTTP/1.1\" 200 1 \"-\" \"a \\\"quoted\\\" \\\\ agent\""))
                .hasValueSatisfying(line -> assertThat(line.agent()).isEqualTo("a \"quoted\" \\ agent"));
    }

    @Test
    void ipv6Host() {
        assertThat(LogLine.parse("2001:db8::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1"))
                .hasValueSatisfying(line -> assertThat(line.host()).isEqualTo("2001:db8::1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"GET / HTTP/1.1\" 200 -",
                "\"GET /\" 200 1",
                "\"HEAD / HTTP/1.1\" 304 - \"-\" \"\"",
                "\"GET / HTTP/2.0\" 200 9223372036854775807 \"-\" \"-\""
            })
    void unusualAndGood(String rest) {
        assertThat(LogLine.parse(HEAD + rest)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "192.0.2.1",
                "192.0.2.1 - - ",
                "192.0.2.1 - - [17/May/2015:10:05:03 +0000",
                "192.0.2.1 - - [17/May/2015:10:05:03 +0000]",
                " - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [17/May/2015:25:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [17/May/0001:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [17/May/9999:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                "192.0.2.1 - - [17/May/2015:10:05:03] \"GET / HTTP/1.1\" 200 1"
            })
    void broken(String line) {
        assertThat(LogLine.parse(line)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"-\" 408 -",
                "\"\" 400 0",
                "\"GET / HTTP/1.1 200 1",
                "\"GET / HTTP/1.1\" 200",
                "\"GET / HTTP/1.1\" 20 1",
                "\"GET / HTTP/1.1\" OK 1",
                "\"GET / HTTP/1.1\" 200 -1",
                "\"GET / HTTP/1.1\" 200 1 \"-\"",
                "\"GET / HTTP/1.1\" 200 1 \"-\" \"unclosed",
                "\"GET / HTTP/1.1\" 200 1 \"-\" \"ends in an escape\\\"",
                "\"GET / HTTP/1.1\" 200 1 \"-\" \"-\" more",
                "\"GET /a b HTTP/1.1\" 200 1",
                "\"\\x16\\x03\\x01\" 400 226",
                "\"G\u00ebT / HTTP/1.1\" 200 1"
            })
    void brokenAfterTheTime(String rest) {
        assertThat(LogLine.parse(HEAD + rest)).isEmpty();
    }
}
