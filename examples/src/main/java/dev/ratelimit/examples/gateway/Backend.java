package dev.ratelimit.examples.gateway;

import java.io.IOException;
import java.net.URI;

/** The backend of the demonstration: an HTTP server that answers at once, and says what it was asked. */
final class Backend implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int OK = 200;

    private final HttpServers.Running running;

    private Backend(HttpServers.Running running) {
        this.running = running;
    }

    static Backend start() throws IOException {
        return new Backend(HttpServers.start("backend", 0, THREADS, exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                PlainText.send(
                        exchange,
                        OK,
                        "the backend was asked: " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
            }
        }));
    }

    URI uri() {
        return URI.create(running.url());
    }

    @Override
    public void close() {
        running.close();
    }
}
