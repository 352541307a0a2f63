package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The way to the backend: sends on what a client asked, and streams back what the backend answers.
 *
 * <p>The scheme, host and port are always the backend's own; of the request's target only path and query are used.
 */
final class Forwarder {

    private final HttpClient client;
    private final URI backend;
    private final Duration patience;

    Forwarder(URI backend, Duration patience) {
        this.backend = backend;
        this.patience = patience;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(patience)
                .build();
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
        HeaderFields.endToEnd(exchange.getRequestHeaders()).forEach((name, values) -> {
            if (!name.equalsIgnoreCase("X-Forwarded-For")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        request.header("X-Forwarded-For", address).header("Via", HeaderFields.VIA);
        return request.build();
    }

    /**
     * Sends the request, and returns as soon as the head of the answer is there.
     *
     * @throws java.net.http.HttpTimeoutException if the backend takes too long
     * @throws IOException if it cannot be reached, or does not speak HTTP
     */
    HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofInputStream());
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
