package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Verdict;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One kept HTTP/1.1 connection, over which requests go one after another: the wire, as a client sees it.
 *
 * <p>It is this bare because load must cost the machine less than what it measures, and because it sends what it is
 * given, broken requests too. Bodies are read and, but for their text, forgotten.
 *
 * <p><b>Thread-safety.</b> None; it belongs to one thread.
 */
public final class Connection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 15_000;
    private static final int MAX_LINE = 16_384;
    private static final int BUFFER = 8_192;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] \\d{3}.*");
    private static final String WAITED = "ratelimit;dur=";
    private static final double NANOS_PER_MILLI = 1e6;

    private final InetSocketAddress server;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();
    private boolean open;

    public Connection(InetSocketAddress server) {
        this.server = server;
    }

    /** What came back: the status, the header fields by their names in lower case, and the body. */
    public record Answer(int status, Map<String, String> fields, String body) {

        /** Returns the result of a request as the gateway reports it; an answer without a report is a failure. */
        public Outcome outcome() {
            String refusedBy = fields.get("x-refused-by");
            if (refusedBy != null) {
                return Verdict.Limit.valueOf(refusedBy.toUpperCase(Locale.ROOT)).outcome();
            }
            if (!fields.containsKey("via")) {
                return Outcome.ERROR;
            }
            String cache = fields.getOrDefault("cache-status", "");
            return cache.contains("; hit") || cache.contains("; collapsed") ? Outcome.FROM_CACHE : Outcome.ALLOWED;
        }

        /** Returns how long the request waited its turn, as the gateway says it; zero if it does not. */
        public long waitedNanos() throws IOException {
            String timing = fields.getOrDefault("server-timing", "");
            if (!timing.startsWith(WAITED)) {
                return 0;
            }
            try {
                return Math.round(Double.parseDouble(timing.substring(WAITED.length())) * NANOS_PER_MILLI);
            } catch (NumberFormatException e) {
                throw new IOException("no number of milliseconds: " + timing, e);
            }
        }
    }

    /** Sends a request without a body, and waits for the whole answer. */
    public Answer get(String target, String fields) throws IOException {
        return send("GET", target, fields);
    }

    /**
     * Sends a request, and waits for the whole answer.
     *
     * @param fields header fields, each ended by CR LF; after an empty line there may be a body
     */
    public Answer send(String method, String target, String fields) throws IOException {
        String request = method + " " + target + " HTTP/1.1\r\nHost: " + server.getHostString() + ":" + server.getPort()
                + "\r\n" + fields + (fields.contains("\r\n\r\n") ? "" : "\r\n");
        return exchange(request.getBytes(StandardCharsets.ISO_8859_1), method.equals("HEAD"));
    }

    private Answer exchange(byte[] request, boolean head) throws IOException {
        boolean whole = false;
        try {
            if (!open) {
                connect();
            }
            socket.getOutputStream().write(request);
            Answer answer = read(head);
            whole = true;
            return answer;
        } finally {
            if (!whole) {
                drop();
            }
        }
    }

    private void connect() throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        open = true;
    }

    private Answer read(boolean head) throws IOException {
        String statusLine = line();
        if (!STATUS_LINE.matcher(statusLine).matches()) {
            throw new IOException("not an HTTP answer: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                // Lines of the same name are one list (RFC 9110, section 5.3).
                fields.merge(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (one, next) -> one + ", " + next);
            }
        }
        String body = head || status == 204 || status == 304 ? "" : body(fields);
        if ("close".equalsIgnoreCase(fields.get("connection"))) {
            drop();
        }
        return new Answer(status, fields, body);
    }

    private String body(Map<String, String> fields) throws IOException {
        if ("chunked".equalsIgnoreCase(fields.get("transfer-encoding"))) {
            StringBuilder body = new StringBuilder();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.append(text(size));
                line();
            }
            line();
            return body.toString();
        }
        String length = fields.get("content-length");
        if (length != null) {
            return text(Integer.parseInt(length));
        }
        String rest = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        drop();
        return rest;
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private String text(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer broke off after " + bytes.length + " of " + length + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == MAX_LINE) {
                throw new EOFException("the answer's head broke off");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Gives up the connection; the next request opens another. */
    void drop() throws IOException {
        open = false;
        socket.close();
    }

    @Override
    public void close() throws IOException {
        drop();
    }
}
