package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.HttpReply;
import dev.ratelimit.cache.http.RequestHead;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
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
     * Returns the request to the backend, as the client has sent it.
     *
     * @param address the client's address, which replaces what the client says of it
     */
    RequestHead head(HttpExchange exchange, String address) {
        URI target = exchange.getRequestURI();
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        Fields fields = Fields.of(exchange.getRequestHeaders())
                .replaced(FORWARDED_FOR, address)
                .with("Via", HeaderFields.VIA);
        return new RequestHead(exchange.getRequestMethod(), URI.create(backend + path + query), fields);
    }

    /**
     * Sends a request with the exchange's body, and returns as soon as the head of the answer is there.
     *
     * @throws java.net.http.HttpTimeoutException if the backend takes too long
     * @throws IOException if it cannot be reached, or does not speak HTTP
     * @throws IllegalArgumentException if the request cannot be expressed, such as a method that is no token
     */
    HttpReply send(HttpExchange exchange, RequestHead head) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(head.target()).timeout(patience).method(head.method(), body(exchange));
        HeaderFields.endToEnd(head.fields().asMap())
                .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        HttpResponse<TimedBody> response = client.send(
                request.build(),
                answered -> BodySubscribers.mapping(
                        BodySubscribers.ofInputStream(), body -> TimedBody.of(body, deadlines, patience)));
        return HttpReply.of(response.statusCode(), Fields.of(response.headers().map()), response.body());
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
