package dev.ratelimit.examples.gateway;

import dev.ratelimit.cache.http.HttpCache;
import dev.ratelimit.cache.http.HttpReply;
import java.time.Duration;
import java.util.Optional;

/**
 * The backend's answers, kept by path, query and {@code Vary} for all clients, as far as HTTP lets a shared cache
 * keep them.
 *
 * <p>Only the backend decides what is kept, by {@code Cache-Control} or {@code Expires}. What a request says of
 * caches is not heard (RFC 9111, section 5.2.1): no client can have the backend asked more often than it wants to be.
 */
final class Responses implements AutoCloseable {

    /** The cache's name in {@code Cache-Status}. */
    static final String NAME = "ratelimit-gateway";

    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_ENTRIES = 10_000;
    private static final int AT_ONCE = 64;

    private final Forwarder forwarder;
    private final HttpCache cache;

    /**
     * Creates a cache with nothing in it.
     *
     * @param forwarder the way to the backend
     * @param patience how long the backend may take for the head of an answer, and again for its body
     */
    Responses(Forwarder forwarder, Duration patience) {
        this.forwarder = forwarder;
        cache = HttpCache.shared(NAME)
                .maxBytes(MAX_BYTES)
                .ignoreRequestDirectives()
                // An API key is what the client proves itself by, as others do by Authorization.
                .rules(rules -> rules.credentials(Gateway.API_KEY))
                .with(settings -> settings.maxEntries(MAX_ENTRIES)
                        .loadDeadline(patience.multipliedBy(2))
                        .maxLoads(AT_ONCE))
                .build();
    }

    @Override
    public void close() {
        cache.close();
    }

    /** Returns the answer to a request if it is there and fresh; asks nobody. */
    Optional<HttpReply> fresh(Exchange exchange, String address) {
        return cache.fresh(forwarder.head(exchange, address));
    }

    /** Returns the answer to a request, by the backend if it is not there. */
    HttpReply answer(Exchange exchange, String address) throws InterruptedException {
        return cache.answer(forwarder.head(exchange, address), head -> forwarder.send(exchange, head));
    }
}
