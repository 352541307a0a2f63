package dev.ratelimit.examples.lab;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of an access log, in Apache's common or combined format: as much of it as a replay needs.
 *
 * @param host the client's address or name
 * @param time when the request came, to the second
 * @param method the method, such as GET
 * @param target the request's target: path and query
 * @param agent the user agent, empty in the common format
 */
record LogLine(String host, Instant time, String method, String target, String agent) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.US).withResolverStyle(ResolverStyle.STRICT);

    /** Time is counted in nanoseconds in 64 bits, which last for 292 years; no log is older than its format. */
    private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /** Returns the line, or nothing if it is broken. */
    static Optional<LogLine> parse(String line) {
        try {
            return Optional.of(new Reader(line).line());
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reads a line from left to right; what it does not find is an {@link IllegalArgumentException}. */
    private static final class Reader {

        private final String line;
        private int at;

        Reader(String line) {
            this.line = line;
        }

        LogLine line() {
            String host = word();
            word();
            word();
            expect('[');
            int end = line.indexOf(']', at);
            check(end >= 0);
            Instant time = OffsetDateTime.parse(line.substring(at, end), TIME).toInstant();
            check(!time.isBefore(EARLIEST) && time.isBefore(LATEST));
            at = end + 1;
            expect(' ');
            String[] request = quoted().split(" ", -1);
            check(request.length == 2 || (request.length == 3 && request[2].startsWith("HTTP/")));
            check(request[0].matches("[A-Za-z]{1,20}") && !request[1].isEmpty());
            expect(' ');
            check(word().matches("[1-9]\\d\\d"));
            String agent = rest();
            return new LogLine(host, time, request[0], request[1], agent);
        }

        /** Reads the size, and in the combined format referer and user agent; returns the user agent. */
        private String rest() {
            int space = line.indexOf(' ', at);
            String size = line.substring(at, space < 0 ? line.length() : space);
            check(size.matches("-|\\d{1,19}"));
            if (space < 0) {
                return "";
            }
            at = space + 1;
            quoted();
            expect(' ');
            String agent = quoted();
            check(at == line.length());
            return agent;
        }

        private String word() {
            int space = line.indexOf(' ', at);
            check(space > at);
            String word = line.substring(at, space);
            at = space + 1;
            return word;
        }

        /** Reads a text in quotes, in which Apache writes a quote as {@code \"} and a backslash as {@code \\}. */
        private String quoted() {
            expect('"');
            StringBuilder text = new StringBuilder();
            while (true) {
                check(at < line.length());
                char c = line.charAt(at++);
                if (c == '"') {
                    return text.toString();
                }
                boolean escaped =
                        c == '\\' && at < line.length() && (line.charAt(at) == '"' || line.charAt(at) == '\\');
                text.append(escaped ? line.charAt(at++) : c);
            }
        }

        private void expect(char c) {
            check(at < line.length() && line.charAt(at) == c);
            at++;
        }

        private static void check(boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException("not a line of an access log");
            }
        }
    }
}
