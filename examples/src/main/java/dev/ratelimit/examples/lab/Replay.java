package dev.ratelimit.examples.lab;

import dev.ratelimit.address.AddressLiteral;
import dev.ratelimit.examples.gateway.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The replay of an access log through the gateway, over HTTP: who would have been refused by this limit, and how often.
 *
 * <p>The requests go one after another over one connection, in the order of their times, and the limiters' time is set
 * to each request's own ({@link LogTime}). The speed-up therefore decides how soon a request is sent, and nothing else:
 * a replay that the machine cannot keep up with takes longer, and gives the same answers.
 */
final class Replay {

    /** A server closes connections that are idle for 30 s; a new one costs less than the doubt. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);

    private static final String LEGAL_IN_TARGET = "-._~:/?@!$&'()*+,;=%";

    private final List<LogLine> lines;
    private final double speedUp;

    Replay(List<LogLine> lines, double speedUp) {
        this.lines = lines;
        this.speedUp = speedUp;
    }

    /** The report of each request when its answer is complete. */
    @FunctionalInterface
    interface Listener {

        void answered(int number, LogLine line, Outcome outcome);
    }

    /** Returns the time that the limiters have to go by. */
    static LogTime timeOf(List<LogLine> lines) {
        return new LogTime(lines.isEmpty() ? Instant.EPOCH : lines.get(0).time());
    }

    /** Sends every request, and tells what came back. */
    void run(InetSocketAddress gateway, LogTime time, Listener listener) throws IOException {
        long start = System.nanoTime();
        long lastSent = start;
        try (Connection connection = new Connection(gateway)) {
            for (int i = 0; i < lines.size(); i++) {
                LogLine line = lines.get(i);
                time.set(line.time());
                waitUntil(start + (long) (time.nanos() / speedUp));
                if (System.nanoTime() - lastSent > MAX_IDLE.toNanos()) {
                    connection.drop();
                }
                lastSent = System.nanoTime();
                listener.answered(i, line, send(connection, line));
            }
        }
    }

    private static Outcome send(Connection connection, LogLine line) {
        try {
            return connection
                    .send(
                            line.method(),
                            legal(line.target()),
                            "X-Forwarded-For: " + address(line.host()) + "\r\nUser-Agent: " + field(line.agent())
                                    + "\r\n")
                    .outcome();
        } catch (IOException e) {
            return Outcome.ERROR;
        }
    }

    /** Returns a target that a strict server takes: path and query, all else in percent signs. */
    static String legal(String target) {
        String path = target.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*", "");
        StringBuilder legal = new StringBuilder();
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 255);
            boolean escape =
                    c == '%' && !(i + 2 < bytes.length && hexadecimal(bytes[i + 1]) && hexadecimal(bytes[i + 2]));
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || LEGAL_IN_TARGET.indexOf(c) >= 0) && !escape;
            legal.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        // Two slashes at the start would read as a host, and segments of two dots may lead above the root.
        return "/" + legal.toString().replaceFirst("^/+", "").replaceAll("(?i)(?<![^/])(\\.|%2e){2}(?![^/?;])", "...");
    }

    private static boolean hexadecimal(byte b) {
        return Character.digit(b, 16) >= 0;
    }

    /**
     * Returns the address of a host as a log has it. One that is logged by its name, or by anything else, gets an
     * address made from that (RFC 4193, unique local), its own /64: the gateway goes by addresses, and asks for
     * no names.
     */
    static String address(String host) {
        return AddressLiteral.parse(host).map(InetAddress::getHostAddress).orElseGet(() -> {
            String hash = UUID.nameUUIDFromBytes(host.getBytes(StandardCharsets.UTF_8))
                    .toString()
                    .replace("-", "");
            return "fd" + hash.substring(0, 2) + ":" + hash.substring(2, 6) + ":" + hash.substring(6, 10) + ":"
                    + hash.substring(24, 28) + "::1";
        });
    }

    private static String field(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
