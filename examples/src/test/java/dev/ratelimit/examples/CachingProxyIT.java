package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy of the guide, over HTTP: what it answers by itself, and what it spares its backend. */
@Timeout(60)
class CachingProxyIT {

    private static final int LENGTH = 10_000;

    static {
        // As the proxy does, whose class comes after the backend's server here.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile String control = "max-age=60";
    private HttpServer backend;
    private CachingProxy proxy;

    @BeforeEach
    void start() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", this::handle);
        backend.start();
        proxy = new CachingProxy(
                URI.create("http://127.0.0.1:" + backend.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        backend.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Cache-Control", control);
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        if (exchange.getRequestHeaders().containsKey("If-None-Match")) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            byte[] content = "a".repeat(LENGTH).getBytes(StandardCharsets.US_ASCII);
            bytes.addAndGet(content.length);
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
        exchange.close();
    }

    @Test
    void hitsHeadsRangesAndConditionsNeedNoBackend() throws Exception {
        assertThat(send("GET", "", "").body()).hasSize(LENGTH);
        HttpResponse<String> hit = send("GET", "", "");
        assertThat(hit.body()).hasSize(LENGTH);
        assertThat(hit.headers().firstValue("Age")).isPresent();
        assertThat(hit.headers().allValues("Date")).hasSize(1);
        assertThat(hit.headers().firstValue("Cache-Status").orElseThrow()).startsWith("\"shop\"; hit; ttl=");
        HttpResponse<String> head = send("HEAD", "", "");
        assertThat(head.headers().firstValue("Content-Length")).contains(Integer.toString(LENGTH));
        HttpResponse<String> part = send("GET", "Range", "bytes=-5");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("aaaaa");
        assertThat(send("GET", "If-None-Match", "\"1\"").statusCode()).isEqualTo(304);
        assertThat(asked).hasValue(1);
    }

    /** What must be validated each time costs the backend a call, but its content only once: of 100 answers, 1 % of the bytes. */
    @Test
    void validationSparesTheBackendsBytes() throws Exception {
        control = "no-cache";
        for (int i = 0; i < 100; i++) {
            assertThat(send("GET", "", "").body()).hasSize(LENGTH);
        }
        assertThat(asked).hasValue(100);
        assertThat(bytes).hasValue(LENGTH);
    }

    @Test
    void whatChangesSomethingReachesTheBackendAndIsSeenAtOnce() throws Exception {
        send("GET", "", "");
        assertThat(send("POST", "", "").body()).hasSize(LENGTH);
        send("GET", "", "");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aBackendThatIsDownIsABadGateway() throws Exception {
        backend.stop(0);
        HttpResponse<String> answer = send("GET", "", "");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).isEqualTo("the origin cannot be reached");
    }

    private HttpResponse<String> send(String method, String name, String value) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + proxy.address().getPort() + "/a?b=c"))
                .method(method, method.equals("POST") ? BodyPublishers.ofString("x") : BodyPublishers.noBody());
        if (!name.isEmpty()) {
            request.header(name, value);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
