package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The backend of the demonstration: an HTTP server that says what it was asked, at once, but books orders slowly. */
final class Backend implements AutoCloseable {

    /** Where orders are booked. */
    static final String ORDERS = "/orders";

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
            if (exchange.getRequestURI().getPath().equals(ORDERS)) {
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
