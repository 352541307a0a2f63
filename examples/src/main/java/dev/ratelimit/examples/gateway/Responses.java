package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.cache.http.CachedFields;
import dev.ratelimit.cache.http.Fields;
import dev.ratelimit.cache.http.HttpCaching;
import dev.ratelimit.cache.http.Vary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The backend's answers, kept by path and query for all clients, as far as HTTP lets a shared cache keep them.
 *
 * <p>Only the backend decides what is kept, by {@code Cache-Control} or {@code Expires}. What a request says of caches is
 * not heard (RFC 9111, section 5.2.1): no client can have the backend asked more often than it wants to be.
 */
final class Responses {

    /** The cache's name in {@code Cache-Status}. */
    static final String NAME = "ratelimit-gateway";

    private static final long MOST_BYTES = 64L << 20;
    private static final int LONGEST_BODY = 1 << 20;
    private static final int MOST_ENTRIES = 10_000;
    private static final String GET = "GET";
    private static final int AT_ONCE = 64;

    /** Short, as one odd request must not keep the cache from serving the others for long. */
    private static final Duration UNCACHEABLE = Duration.ofSeconds(1);

    /** Their answers are parts, or none at all; RFC 9110, sections 13.1 and 14.2. */
    private static final List<String> ASK_FOR_LESS =
            List.of("Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range");

    private final Forwarder forwarder;
    private final Consumer<InputStream> closeLater;
    private final HttpCaching rules = HttpCaching.shared(InstantSource.system());
    private final ResponseCache<BackendAnswer> cache;

    /**
     * Creates a cache with nothing in it.
     *
     * @param forwarder the way to the backend
     * @param closeLater what closes the body of an answer once whoever has asked has had time to read it: a refresh in the
     *     background has nobody who would
     * @param patience how long the backend may take for the head of an answer, and again for its body
     */
    Responses(Forwarder forwarder, Consumer<InputStream> closeLater, Duration patience) {
        this.forwarder = forwarder;
        this.closeLater = closeLater;
        cache = ResponseCache.<BackendAnswer>builder(NAME)
                .maximumEntries(MOST_ENTRIES)
                .maximumBytes(MOST_BYTES, BackendAnswer::bytes)
                .freshness(BackendAnswer::freshness)
                .rememberUncacheable(UNCACHEABLE)
                .loadDeadline(patience.multipliedBy(2))
                .maximumLoads(AT_ONCE)
                .build();
    }

    /** Returns whether a request is one whose answer may be kept, or come from here. */
    static boolean concerns(HttpExchange exchange) {
        Fields fields = Fields.of(exchange.getRequestHeaders());
        return exchange.getRequestMethod().equals(GET)
                && exchange.getRequestURI().getRawPath() != null
                && ASK_FOR_LESS.stream().noneMatch(fields::contains)
                && !fields.contains("Transfer-Encoding")
                && fields.lines("Content-Length").stream().allMatch("0"::equals);
    }

    /** Returns the answer to a request if it is there and fresh; asks nobody. */
    Optional<Cached<BackendAnswer>> fresh(HttpExchange exchange) {
        return cache.peek(key(exchange)).filter(answer -> answer.state() == CacheState.HIT);
    }

    /**
     * Returns the answer to a request, by the backend if it is not there.
     *
     * @param address the client's address
     * @throws dev.ratelimit.cache.LoadFailedException if there is none; with a {@link BackendFailure} as its cause if the
     *     backend has said so
     * @throws IllegalArgumentException if the request cannot be passed on
     */
    Cached<BackendAnswer> get(HttpExchange exchange, String address) throws IOException {
        HttpRequest request = forwarder.request(exchange, address);
        Fields fields = Fields.of(exchange.getRequestHeaders());
        // An API key is what the client proves itself by, as others do by Authorization.
        Fields credentials = fields.contains(Gateway.API_KEY) ? fields.with("Authorization", Gateway.API_KEY) : fields;
        return cache.get(key(exchange), () -> load(request, credentials));
    }

    private static CacheKey key(HttpExchange exchange) {
        URI target = exchange.getRequestURI();
        return target.getRawQuery() == null
                ? CacheKey.of(Scope.shared(), target.getRawPath())
                : CacheKey.of(Scope.shared(), target.getRawPath(), target.getRawQuery());
    }

    private BackendAnswer load(HttpRequest request, Fields requestFields)
            throws IOException, InterruptedException, BackendFailure {
        HttpResponse<InputStream> response = forwarder.send(request);
        int status = response.statusCode();
        Fields fields = Fields.of(HeaderFields.endToEnd(response.headers().map()));
        Freshness freshness = freshness(requestFields, response);
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        boolean failed = BackendFailure.is(status);
        if (!failed && (!freshness.isCacheable() || length > LONGEST_BODY)) {
            closeLater.accept(response.body());
            return BackendAnswer.coming(status, fields, length, response.body());
        }
        byte[] head = response.body().readNBytes(LONGEST_BODY + 1);
        boolean tooLong = head.length > LONGEST_BODY;
        if (tooLong && !failed) {
            closeLater.accept(response.body());
            InputStream all = new SequenceInputStream(new ByteArrayInputStream(head), response.body());
            return BackendAnswer.coming(status, fields, length, all);
        }
        response.body().close();
        if (failed) {
            byte[] body = tooLong ? new byte[0] : head;
            throw new BackendFailure(BackendAnswer.whole(status, fields, body, Freshness.uncacheable()));
        }
        return BackendAnswer.whole(status, CachedFields.kept(fields), head, freshness);
    }

    /** Keys know no fields of requests, so that nothing is kept which depends on one. */
    private Freshness freshness(Fields requestFields, HttpResponse<InputStream> response) {
        Fields fields = Fields.of(response.headers().map());
        return Vary.of(fields).names().isEmpty()
                ? rules.freshness(GET, requestFields, response.statusCode(), fields)
                : Freshness.uncacheable();
    }
}
