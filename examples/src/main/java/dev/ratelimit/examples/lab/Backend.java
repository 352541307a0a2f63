package dev.ratelimit.examples.lab;

import dev.ratelimit.examples.gateway.Exchange;
import dev.ratelimit.examples.gateway.HttpServer;
import dev.ratelimit.examples.gateway.ShortAnswer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The backend of the demonstration: an HTTP server that says what it was asked, at once, but books orders slowly.
 *
 * <p>What it says of its catalogue may be kept for a second, and for a minute if it cannot answer. A page of the
 * catalogue never changes, so it answers a cache that revalidates a page without the page.
 */
public final class Backend implements AutoCloseable {

    /** Where orders are booked. */
    static final String ORDERS = "/orders";

    /** What the paths begin with of what may be kept. */
    static final String CATALOGUE = "/catalogue/";

    private static final String KEEP = "public, max-age=1, stale-if-error=60";
    private static final int PAGE_BYTES = 4_000;
    private static final String PAGE = "\n".repeat(PAGE_BYTES);
    private static final Duration BOOKING = Duration.ofMillis(40);
    private static final int THREADS = 64;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final LongAdder whole = new LongAdder();
    private final LongAdder confirmed = new LongAdder();
    private final HttpServer server;

    /**
     * How often the backend was asked for pages of the catalogue.
     *
     * @param whole how often it has sent the page
     * @param confirmed how often it has said that the asker has the right one
     */
    record Pages(long whole, long confirmed) {

        Pages since(Pages before) {
            return new Pages(whole - before.whole, confirmed - before.confirmed);
        }

        /** Returns how many bytes of pages it has not had to send. */
        long bytesSpared() {
            return confirmed * PAGE_BYTES;
        }

        long bytesSent() {
            return whole * PAGE_BYTES;
        }
    }

    private Backend() throws IOException {
        server = HttpServer.start("backend", 0, THREADS, this::answer);
    }

    public static Backend start() throws IOException {
        return new Backend();
    }

    Pages pages() {
        return new Pages(whole.sum(), confirmed.sum());
    }

    private void answer(Exchange exchange) throws IOException {
        exchange.body().readAllBytes();
        String path = exchange.target();
        boolean isPage = path.startsWith(CATALOGUE);
        if (isPage) {
            String version = "\"" + path.substring(CATALOGUE.length()).hashCode() + "\"";
            exchange.set("Cache-Control", KEEP);
            exchange.set("ETag", version);
            if (version.equals(exchange.field("If-None-Match"))) {
                confirmed.increment();
                exchange.send(NOT_MODIFIED);
                return;
            }
            whole.increment();
        }
        if (path.equals(ORDERS)) {
            LockSupport.parkNanos(BOOKING.toNanos());
        }
        ShortAnswer.send(
                exchange,
                OK,
                "the backend was asked: " + exchange.method() + " " + exchange.target() + (isPage ? PAGE : ""));
    }

    public URI uri() {
        return URI.create(server.url());
    }

    @Override
    public void close() {
        server.close();
    }
}
