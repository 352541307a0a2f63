package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The way to the backend: sends on what a client asked, and streams back what the backend answers.
 *
 * <p>The scheme, host and port are always the backend's own; of the request's target only path and query are used.
 */
final class Forwarder implements AutoCloseable {

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private final HttpClient client;
    private final URI backend;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * Creates the way to a backend.
     *
     * @param patience how long the backend may take for the head of an answer, and again for its body
     */
    Forwarder(URI backend, Duration patience) {
        this.backend = backend;
        this.patience = patience;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(patience)
                .build();
        deadlines = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gateway-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }

    /**
     * Returns the fields that the backend is sent.
     *
     * @param address the client's address
     */
    static Map<String, List<String>> fields(HttpExchange exchange, String address) {
        Map<String, List<String>> fields = HeaderFields.endToEnd(exchange.getRequestHeaders());
        fields.put(FORWARDED_FOR, List.of(address));
        fields.merge("Via", List.of(HeaderFields.VIA), HeaderFields::joined);
        return fields;
    }

    /**
     * Returns the request to the backend.
     *
     * @param address the client's address
     * @throws IllegalArgumentException if the request cannot be expressed, such as a method that is no token
     */
    HttpRequest request(HttpExchange exchange, String address) throws IOException {
        URI target = exchange.getRequestURI();
        String query = target.getRawQuery();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(backend + target.getRawPath() + (query == null ? "" : "?" + query)))
                .timeout(patience)
                .method(exchange.getRequestMethod(), body(exchange));
        fields(exchange, address).forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request.build();
    }

    /**
     * Sends the request, and returns as soon as the head of the answer is there.
     *
     * @throws java.net.http.HttpTimeoutException if the backend takes too long
     * @throws IOException if it cannot be reached, or does not speak HTTP
     */
    HttpResponse<TimedBody> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(
                request,
                head -> BodySubscribers.mapping(
                        BodySubscribers.ofInputStream(), body -> TimedBody.of(body, deadlines, patience)));
    }

    private static BodyPublisher body(HttpExchange exchange) throws IOException {
        Headers fields = exchange.getRequestHeaders();
        if (fields.containsKey("Transfer-Encoding")) {
            return BodyPublishers.ofInputStream(exchange::getRequestBody);
        }
        String length = fields.getFirst("Content-Length");
        long bytes = length == null ? 0 : Long.parseLong(length.strip());
        return bytes == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(exchange::getRequestBody), bytes);
    }
}
