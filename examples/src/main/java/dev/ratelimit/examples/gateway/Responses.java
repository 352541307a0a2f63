package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.cache.CacheKey;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ReadOptions;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.cache.VaryingKey;
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
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The backend's answers, kept by path, query and {@code Vary} for all clients, as far as HTTP lets a shared cache keep them.
 *
 * <p>Only the backend decides what is kept, by {@code Cache-Control} or {@code Expires}. What a request says of caches is
 * not heard (RFC 9111, section 5.2.1): no client can have the backend asked more often than it wants to be.
 */
final class Responses implements AutoCloseable {

    /** The cache's name in {@code Cache-Status}. */
    static final String NAME = "ratelimit-gateway";

    private static final long MOST_BYTES = 64L << 20;
    private static final int LONGEST_BODY = 1 << 20;
    private static final int MOST_ENTRIES = 10_000;
    private static final String GET = "GET";

    /** What is not taken here must not count as a hit, as it counts when the request is answered. */
    private static final ReadOptions FRESH = ReadOptions.any().maxStale(Duration.ZERO);

    private static final int AT_ONCE = 64;

    /** Short, as one odd request must not keep the cache from serving the others for long. */
    private static final Duration UNCACHEABLE = Duration.ofSeconds(1);

    /** Their answers are parts, or none at all; RFC 9110, sections 13.1 and 14.2. */
    private static final List<String> ASK_FOR_LESS =
            List.of("Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range");

    private final Forwarder forwarder;
    private final HttpCaching rules = HttpCaching.shared(InstantSource.system());
    private final ResponseCache<BackendAnswer> cache;

    /** At most so many as there are loads at once. */
    private final ExecutorService otherThreads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "gateway-load");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Creates a cache with nothing in it.
     *
     * @param forwarder the way to the backend
     * @param patience how long the backend may take for the head of an answer, and again for its body
     */
    Responses(Forwarder forwarder, Duration patience) {
        this.forwarder = forwarder;
        cache = ResponseCache.<BackendAnswer>builder(NAME)
                .maximumEntries(MOST_ENTRIES)
                .maximumBytes(MOST_BYTES, BackendAnswer::bytes)
                .freshness(BackendAnswer::freshness)
                .rememberUncacheable(UNCACHEABLE)
                .loadDeadline(patience.multipliedBy(2))
                .maximumLoads(AT_ONCE)
                .executor(Runnable::run) // loads are only begun there
                .build();
    }

    @Override
    public void close() {
        cache.close();
        otherThreads.shutdownNow();
    }

    /** Returns whether a request is one whose answer may be kept, or come from here. */
    static boolean concerns(HttpExchange exchange) {
        Headers fields = exchange.getRequestHeaders();
        return exchange.getRequestMethod().equals(GET)
                && exchange.getRequestURI().getRawPath() != null
                && ASK_FOR_LESS.stream().noneMatch(fields::containsKey)
                && !fields.containsKey("Transfer-Encoding")
                && fields.getOrDefault("Content-Length", List.of()).stream().allMatch("0"::equals);
    }

    /** Returns the answer to a request if it is there and fresh; asks nobody. */
    Optional<Cached<BackendAnswer>> fresh(HttpExchange exchange, String address) {
        return cache.peek(key(exchange, Fields.of(Forwarder.fields(exchange, address))), FRESH);
    }

    /**
     * Returns the answer to a request, by the backend if it is not there.
     *
     * @param address the client's address
     * @throws LoadFailedException if there is none; with a {@link BackendFailure} as its cause if the backend has said so
     * @throws IllegalArgumentException if the request cannot be passed on
     */
    Cached<BackendAnswer> get(HttpExchange exchange, String address) throws IOException, InterruptedException {
        HttpRequest request = forwarder.request(exchange, address);
        Fields fields = Fields.of(request.headers().map());
        // An API key is what the client proves itself by, as others do by Authorization.
        Fields credentials = fields.contains(Gateway.API_KEY) ? fields.with("Authorization", Gateway.API_KEY) : fields;
        OwnLoad<BackendAnswer> load = new OwnLoad<>(() -> load(request, credentials), otherThreads);
        try {
            return load.await(cache.getAsync(key(exchange, fields), ReadOptions.any(), load::begin));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoadFailedException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    /** By path and query, and by what the answers vary by of that which the backend is sent. */
    private static VaryingKey<BackendAnswer> key(HttpExchange exchange, Fields sent) {
        URI target = exchange.getRequestURI();
        CacheKey primary = target.getRawQuery() == null
                ? CacheKey.of(Scope.shared(), target.getRawPath())
                : CacheKey.of(Scope.shared(), target.getRawPath(), target.getRawQuery());
        return Vary.key(primary, sent, BackendAnswer::fields);
    }

    private BackendAnswer load(HttpRequest request, Fields requestFields)
            throws IOException, InterruptedException, BackendFailure {
        HttpResponse<TimedBody> response = forwarder.send(request);
        int status = response.statusCode();
        Fields fields = Fields.of(HeaderFields.endToEnd(response.headers().map()));
        Freshness freshness = freshness(requestFields, response, fields);
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        boolean failed = BackendFailure.is(status);
        if (!failed && (!freshness.isCacheable() || length > LONGEST_BODY)) {
            return BackendAnswer.coming(status, fields, length, response.body());
        }
        byte[] head = head(response.body());
        boolean tooLong = head.length > LONGEST_BODY;
        if (tooLong && !failed) {
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

    private static byte[] head(TimedBody body) throws IOException {
        try {
            return body.readNBytes(LONGEST_BODY + 1);
        } catch (IOException e) {
            throw body.isOverdue() ? new HttpTimeoutException("the body took too long") : e;
        }
    }

    private Freshness freshness(Fields requestFields, HttpResponse<TimedBody> response, Fields endToEnd) {
        Fields fields = Fields.of(response.headers().map());
        // Variants are told apart by what is kept: nothing may be lost on the way.
        return Vary.of(fields).equals(Vary.of(endToEnd))
                ? rules.freshness(GET, requestFields, response.statusCode(), fields)
                : Freshness.uncacheable();
    }
}
