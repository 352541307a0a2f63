package dev.ratelimit.examples.gateway;

import dev.ratelimit.TimeSource;
import dev.ratelimit.cache.http.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as the gateway sees them, whatever the server is.
 *
 * <p><b>Thread-safety.</b> None; it belongs to the thread that answers. What it reads and writes, it waits for.
 */
public final class Exchange {

    private static final Duration MAX_REQUEST = Duration.ofSeconds(20);
    private static final Duration MAX_ANSWER = Duration.ofSeconds(60);

    private final Request request;
    private final Response response;
    private final String target;
    private @Nullable InputStream body;
    private @Nullable OutputStream answer;

    /**
     * Wraps an exchange of the server.
     *
     * @throws IllegalArgumentException if the request cannot be passed on as it is: its target is no path, or its
     *     method has small letters, which the client would make large
     */
    Exchange(Request request, Response response) {
        this.request = request;
        this.response = response;
        target = String.valueOf(request.getHttpURI().getPathQuery());
        String method = request.getMethod();
        if (!target.startsWith("/") || method.equals("CONNECT") || !method.equals(method.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException(method + " " + target);
        }
        // Throws for what is no URI.
        URI.create("http://x" + target);
    }

    public String method() {
        return request.getMethod();
    }

    /** Returns the path and the query, as the client wrote them. */
    public String target() {
        return target;
    }

    /** Returns the first line of a field of the request; null if there is none. */
    public @Nullable String field(String name) {
        return request.getHeaders().get(name);
    }

    /** Returns all lines of a field of the request. */
    public List<String> lines(String name) {
        return request.getHeaders().getValuesList(name);
    }

    boolean has(String name) {
        return request.getHeaders().contains(name);
    }

    /** Returns the fields of the request. */
    Fields fields() {
        return fields(request.getHeaders());
    }

    /** Returns fields of the server or client in the form that the cache reads. */
    static Fields fields(HttpFields fields) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (HttpField field : fields) {
            lines.computeIfAbsent(field.getLowerCaseName(), name -> new ArrayList<>(1))
                    .add(String.valueOf(field.getValue()));
        }
        return Fields.of(lines);
    }

    InetAddress peer() {
        return ((InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress()).getAddress();
    }

    /** Returns the content of the request, which comes while it is read. */
    public InputStream body() {
        InputStream in = body;
        if (in == null) {
            in = ClientStream.from(Content.Source.asInputStream(request), MAX_REQUEST, TimeSource.system());
            body = in;
        }
        return in;
    }

    /** Puts back what was read of the content. */
    void unread(byte[] content) {
        body = new ByteArrayInputStream(content);
    }

    /** Sets a field of the answer. */
    public void set(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Sets a field of the answer that has several lines, each as it is: some fields, such as cookies, are no lists. */
    void set(String name, List<String> lines) {
        response.getHeaders().remove(name);
        lines.forEach(line -> response.getHeaders().add(name, line));
    }

    /** Adds a line to a field of the answer. */
    void add(String name, String value) {
        response.getHeaders().add(name, value);
    }

    /** Answers without content. */
    public void send(int status) {
        response.setStatus(status);
    }

    /** Answers with content. */
    public void send(int status, byte[] content) throws IOException {
        response.setStatus(status);
        response.getHeaders().put("Content-Length", content.length);
        if (!method().equals("HEAD")) {
            Content.Sink.write(response, true, ByteBuffer.wrap(content));
        }
    }

    /**
     * Answers with content that is still coming.
     *
     * @param length how long it is, in bytes; negative if nobody knows
     */
    OutputStream send(int status, long length) {
        response.setStatus(status);
        if (length >= 0) {
            response.getHeaders().put("Content-Length", length);
        }
        OutputStream out =
                ClientStream.to(Response.asBufferedOutputStream(request, response), MAX_ANSWER, TimeSource.system());
        answer = out;
        return out;
    }

    /** Sends what is still buffered of the answer. */
    void end() throws IOException {
        OutputStream out = answer;
        if (out != null) {
            out.close();
        }
    }
}
