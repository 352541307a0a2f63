package dev.ratelimit.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.HttpCache;
import dev.ratelimit.cache.http.HttpReply;
import dev.ratelimit.cache.http.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A reverse proxy that keeps what its backend's answers allow, on the JDK's server and client: to be copied. */
final class CachingProxy implements AutoCloseable {

    private static final String VIA = "1.1 shop";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The client writes them itself. */
    private static final Set<String> OF_THE_CLIENT = Set.of("host", "content-length", "expect");

    static {
        // Read once, with the server's first class: without it, small answers on kept connections wait for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final URI backend;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpCache cache;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Starts a proxy on a free port of the loopback address; of the backend's URI, scheme, host and port count. */
    CachingProxy(URI backend) throws IOException {
        this.backend = backend;
        cache = HttpCache.shared("shop")
                .maxBytes(64 << 20)
                .with(settings -> settings.maxLoads(64).loadDeadline(PATIENCE))
                .build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        cache.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String target = exchange.getRequestURI().getRawPath() + (query == null ? "" : "?" + query);
        Fields fields = Fields.of(exchange.getRequestHeaders()).with("Via", VIA);
        RequestHead head = new RequestHead(exchange.getRequestMethod(), URI.create(backend + target), fields);
        try (HttpReply reply = cache.answer(head, request -> ask(exchange, request))) {
            answer(exchange, reply.undated(Instant.now()));
            // Only an answer that is whole is ended; after an exception the server cuts the connection.
            exchange.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the backend; the answer's content comes while it is read. */
    private HttpReply ask(HttpExchange exchange, RequestHead head) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(head.target()).timeout(PATIENCE);
        head.fields().asMap().forEach((name, values) -> {
            if (!OF_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        boolean hasContent = head.fields().contains("Content-Length")
                || exchange.getRequestHeaders().containsKey("Transfer-Encoding");
        BodyPublisher content =
                hasContent ? BodyPublishers.ofInputStream(exchange::getRequestBody) : BodyPublishers.noBody();
        HttpResponse<InputStream> response =
                client.send(request.method(head.method(), content).build(), BodyHandlers.ofInputStream());
        return HttpReply.of(response.statusCode(), Fields.of(response.headers().map()), response.body());
    }

    private static void answer(HttpExchange exchange, HttpReply reply) throws IOException {
        reply.fields().with("Via", VIA).asMap().forEach(exchange.getResponseHeaders()::put);
        boolean isEmpty = exchange.getRequestMethod().equals("HEAD") || reply.length() == 0 || hasNone(reply.status());
        exchange.sendResponseHeaders(reply.status(), isEmpty ? -1 : Math.max(0, reply.length()));
        if (!isEmpty) {
            reply.writeTo(exchange.getResponseBody());
        }
    }

    private static boolean hasNone(int status) {
        return status == 204 || status == 304;
    }
}
