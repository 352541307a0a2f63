package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The backend of the demonstration: an HTTP server that says what it was asked, at once, but books orders slowly.
 *
 * <p>What it says of its catalogue may be kept for a second, and for a minute if it cannot answer.
 */
final class Backend implements AutoCloseable {

    /** Where orders are booked. */
    static final String ORDERS = "/orders";

    /** What the paths begin with of what may be kept. */
    static final String CATALOGUE = "/catalogue/";

    private static final String KEEP = "public, max-age=1, stale-if-error=60";
    private static final Duration BOOKING = Duration.ofMillis(40);
    private static final int THREADS = 32;
    private static final int OK = 200;

    private final HttpServers.Running running;

    private Backend(HttpServers.Running running) {
        this.running = running;
    }

    static Backend start() throws IOException {
        return new Backend(HttpServers.start("backend", 0, THREADS, Backend::answer));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith(CATALOGUE)) {
                exchange.getResponseHeaders().set("Cache-Control", KEEP);
            }
            if (path.equals(ORDERS)) {
                LockSupport.parkNanos(BOOKING.toNanos());
            }
            ShortAnswer.send(
                    exchange,
                    OK,
                    "the backend was asked: " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
        }
    }

    URI uri() {
        return URI.create(running.url());
    }

    @Override
    public void close() {
        running.close();
    }
}
