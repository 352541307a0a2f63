package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.CacheStatistics;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import dev.ratelimit.cache.ReadOptions;
import dev.ratelimit.cache.ResponseCache;
import dev.ratelimit.cache.Scope;
import dev.ratelimit.cache.VaryingKey;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An HTTP cache answers requests from stored responses, and calls the origin for the rest (RFC 9110, 9111, 5861, 9211
 * and 9213).
 *
 * <pre>{@code
 * HttpCache cache = HttpCache.shared("shop").maxBytes(64 << 20).build();
 *
 * try (HttpReply reply = cache.answer(new RequestHead("GET", uri, fields), request -> backend.send(request))) {
 *     server.send(reply.status(), reply.fields(), reply.content());
 * }
 * }</pre>
 *
 * <p><b>Requests.</b> The cache answers a GET from a stored response, or loads it once for all clients that ask at the
 * same time. It answers a client's conditions and a single range from the stored response, and validates a stale one.
 * It answers HEAD and ranges from a fresh response, and otherwise sends them to the origin unchanged. The answer to
 * HEAD updates the stored response, or invalidates it if it describes another one. All other requests go to the origin
 * on the caller's thread. If an unsafe one succeeds, the cache invalidates its target. {@link HttpCaching} has the
 * rules of what is kept.
 *
 * <p><b>Content</b> that is not kept, or is longer than {@link HttpCacheBuilder#maxContentBytes}, is streamed to the
 * client.
 *
 * <p><b>Failures.</b> If the origin fails and no stale response may be used, the cache itself replies with 502, 503 or
 * 504, and {@link HttpReply#failure} has the reason. If a caller waited for another caller's load, and the origin
 * answered with an error, the waiting caller gets only the status. The rest may be meant for the other caller.
 *
 * <p>Thread-safe.
 */
public final class HttpCache implements AutoCloseable {

    private final Setup setup;
    private final ResponseCache<StoredReply> cache;
    private final Replies replies;

    /** The parts that the cache shares with its loads. */
    record Setup(
            String name,
            HttpCaching rules,
            InstantSource clock,
            int maxContentBytes,
            UnaryOperator<Fields> normaliser,
            boolean hearsClients) {}

    HttpCache(Setup setup, ResponseCache<StoredReply> cache) {
        this.setup = setup;
        this.cache = cache;
        this.replies = new Replies(setup.name(), setup.clock());
    }

    /**
     * Begins a cache whose responses many users see, such as that of a gateway.
     *
     * @param name the name of the cache, for statistics, listeners and {@code Cache-Status}: printable ASCII
     * @return what builds it
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static HttpCacheBuilder shared(String name) {
        return new HttpCacheBuilder(name, true);
    }

    /**
     * Begins a cache whose responses one user sees. Each request names the user by its {@link RequestHead#scope}.
     *
     * @param name the name of the cache, for statistics, listeners and {@code Cache-Status}: printable ASCII
     * @return what builds it
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static HttpCacheBuilder ofOneUser(String name) {
        return new HttpCacheBuilder(name, false);
    }

    /**
     * Returns the answer to a request, from the cache or from the origin. Waits for the origin; if the answer may be
     * kept, at most until the load's deadline.
     *
     * @param head the request
     * @param origin answers the request if the cache cannot; called at most twice, for example if a validation has
     *     failed
     * @return the answer, which the caller closes
     * @throws InterruptedException if the caller's thread is interrupted while it waits
     * @throws IllegalArgumentException if this is a cache of one user each, and the request's scope is the shared one
     * @throws IllegalStateException if the cache is closed and the answer might have been kept
     */
    public HttpReply answer(RequestHead head, Origin origin) throws InterruptedException {
        RequestHead request = checked(head);
        Objects.requireNonNull(origin, "origin");
        boolean onlyIfCached =
                setup.hearsClients() && CacheControl.of(request.fields()).has("only-if-cached");
        if (!concerns(head)) {
            return onlyIfCached ? replies.notCached(request) : pass(request, origin);
        }
        ReadOptions options = options(request);
        if (onlyIfCached) {
            return load(request, options, origin);
        }
        if (request.isHead()) {
            return load(request, options.ownLoad().maxStale(Duration.ZERO), origin);
        }
        if (request.fields().contains("Range")) {
            Optional<HttpReply> kept = fresh(request, options);
            return kept.isPresent() ? kept.get() : pass(request, origin);
        }
        return load(request, options, origin);
    }

    /**
     * Returns the answer to a request if the cache has a fresh one. Does not wait, and does not call the origin.
     *
     * @param head the request
     * @return the answer; empty if only the origin can answer
     * @throws IllegalArgumentException if this is a cache of one user each, and the request's scope is the shared one
     */
    public Optional<HttpReply> fresh(RequestHead head) {
        RequestHead request = checked(head);
        return concerns(head) ? fresh(request, options(request)) : Optional.empty();
    }

    private Optional<HttpReply> fresh(RequestHead request, ReadOptions options) {
        // A stale response would count as a stale hit.
        return cache.peek(key(request), options.maxStale(Duration.ZERO)).map(answer -> replies.kept(request, answer));
    }

    private HttpReply load(RequestHead request, ReadOptions options, Origin origin) throws InterruptedException {
        boolean alone = setup.rules().isLoadedAlone(request.fields());
        Runnable forget = isOdd(request) ? () -> {} : () -> invalidate(request.scope(), request.target());
        OriginLoad load = new OriginLoad(setup, request, alone, origin, forget);
        Cached<StoredReply> answer = null;
        Handover.Own own;
        try {
            answer = cache.get(key(request), options, request.isHead() ? load::head : load::load);
        } catch (LoadFailedException e) {
            if (e.reason() == LoadFailedException.Reason.INTERRUPTED) {
                Thread.interrupted();
                throw new InterruptedException();
            }
            return replies.failed(request, e);
        } finally {
            own = load.own(answer);
        }
        if (own != null) {
            return replies.own(request, answer, own);
        }
        return replies.kept(request, answer);
    }

    /** Whether the answer may be for this client alone, so that it does not show what other clients get. */
    private boolean isOdd(RequestHead request) {
        return setup.rules().isLoadedAlone(request.fields())
                || (setup.hearsClients() && CacheControl.of(request.fields()).has("no-store"));
    }

    /** Forwards a request unchanged on this thread, and invalidates the URIs that the response outdates. */
    private HttpReply pass(RequestHead request, Origin origin) throws InterruptedException {
        HttpReply reply;
        try {
            reply = Objects.requireNonNull(origin.send(request), "the origin's reply");
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return replies.failed(request, CacheState.BYPASS, e);
        }
        try {
            forgetOutdated(request, reply.head());
            return replies.passed(reply);
        } catch (RuntimeException | Error e) {
            reply.close();
            throw e;
        }
    }

    private void forgetOutdated(RequestHead request, ResponseHead response) {
        try {
            HttpCaching.invalidated(request.method(), request.target(), response)
                    .forEach(uri -> invalidate(request.scope(), uri));
        } catch (IllegalStateException e) {
            // The cache has been closed, so nothing is kept. The origin's answer is still the answer.
            return;
        }
    }

    /**
     * Invalidates all stored responses of a URI, and the loads in progress for it.
     *
     * @param scope the scope of the responses
     * @param target the URI
     */
    public void invalidate(Scope scope, URI target) {
        cache.invalidate(RequestHead.primaryKey(scope, target));
    }

    /**
     * Returns the statistics of this cache. Each GET and HEAD counts once. Requests that bypass the cache do not count:
     * other methods, requests with content or {@code If-Match}, and ranges of responses that are not stored.
     *
     * @return the statistics now
     */
    public CacheStatistics statistics() {
        return cache.statistics();
    }

    /** Ends the loads in progress and removes all responses, as {@link ResponseCache#close} does. */
    @Override
    public void close() {
        cache.close();
    }

    @Override
    public String toString() {
        return "HttpCache[" + setup.name() + "]";
    }

    private static VaryingKey<StoredReply> key(RequestHead request) {
        return Vary.key(request.primaryKey(), request.fields(), StoredReply::fields);
    }

    private static boolean concerns(RequestHead request) {
        return (request.isGet() || request.isHead())
                && !request.hasContent()
                && !Preconditions.areForTheOrigin(request.fields());
    }

    private ReadOptions options(RequestHead request) {
        return setup.hearsClients()
                ? setup.rules().readOptions(request.fields())
                : setup.rules().loadOptions(request.fields());
    }

    /** Returns the request in the form in which the cache handles and forwards it. */
    private RequestHead checked(RequestHead head) {
        Objects.requireNonNull(head, "head");
        if (!setup.rules().isShared() && head.scope().equals(Scope.shared())) {
            throw new IllegalArgumentException("the request's scope is shared, but " + this
                    + " keeps the responses of one user each: use withScope(Scope.principal(…))");
        }
        // Fields that the cache drops must not select a variant, because the origin never sees them.
        Fields onward = CachedFields.endToEnd(head.fields());
        try {
            return head.withFields(setup.normaliser().apply(onward));
        } catch (RuntimeException e) {
            // If the function throws, the request keeps its fields and selects a variant by them.
            return head.withFields(onward);
        }
    }
}
