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
 * An HTTP cache answers requests from what it keeps, and asks the origin for the rest (RFC 9110, 9111, 5861, 9211 and
 * 9213).
 *
 * <pre>{@code
 * HttpCache cache = HttpCache.shared("shop").maxBytes(64 << 20).build();
 *
 * try (HttpReply reply = cache.answer(new RequestHead("GET", uri, fields), request -> backend.send(request))) {
 *     server.send(reply.status(), reply.fields(), reply.content());
 * }
 * }</pre>
 *
 * <p><b>Requests.</b> GET is answered from the cache or loaded once for all who ask meanwhile; conditions and a single
 * range of the client are answered from what is kept; a stale response is validated. HEAD and ranges come from a fresh
 * response, and otherwise go to the origin as they are; the answer to HEAD renews the kept response, or ends it if it is
 * of another one. All other requests go to the origin on the caller's thread; a
 * success of an unsafe one makes the cache forget its target. {@link HttpCaching} says what is kept.
 *
 * <p><b>Content</b> of what is not kept, or is longer than {@link HttpCacheBuilder#maxContentBytes}, is passed on while
 * it comes.
 *
 * <p><b>Failures.</b> If the origin fails and no stale response may be used, the reply is a 502, 503 or 504 of the
 * cache's own, with the reason in {@link HttpReply#failure}. A caller that waited for another's load and would get the
 * origin's error gets its status only, as the rest may be meant for the other caller.
 *
 * <p>Thread-safe.
 */
public final class HttpCache implements AutoCloseable {

    private final Setup setup;
    private final ResponseCache<StoredReply> cache;
    private final Replies replies;

    /** What the cache and its loads share. */
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
     * Begins a cache whose responses many users see, as those of a gateway are.
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
     * Returns the answer to a request, from the cache or by the origin. Waits for the origin, at most for the load's
     * deadline where the answer may be kept.
     *
     * @param head the request
     * @param origin what answers it if the cache cannot; called at most twice, as when a validation turns out to be of
     *     no use
     * @return the answer, which the caller closes
     * @throws InterruptedException if the caller's thread is interrupted meanwhile
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
     * Returns the answer to a request if the cache has a fresh one. Does not wait, and asks nobody.
     *
     * @param head the request
     * @return the answer; empty if the origin must be asked
     * @throws IllegalArgumentException if this is a cache of one user each, and the request's scope is the shared one
     */
    public Optional<HttpReply> fresh(RequestHead head) {
        RequestHead request = checked(head);
        return concerns(head) ? fresh(request, options(request)) : Optional.empty();
    }

    private Optional<HttpReply> fresh(RequestHead request, ReadOptions options) {
        // A stale response would be counted as given.
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

    /** Whether the answer may be the client's alone, or the client wants it so: it says nothing of what others are given. */
    private boolean isOdd(RequestHead request) {
        return setup.rules().isLoadedAlone(request.fields())
                || (setup.hearsClients() && CacheControl.of(request.fields()).has("no-store"));
    }

    /** Sends a request on as it is, on this thread; forgets what the response outdates. */
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
            // The cache was closed meanwhile, so nothing is kept; and the origin's answer is the answer.
            return;
        }
    }

    /**
     * Forgets all that is kept of an address, and what is being loaded for it.
     *
     * @param scope the callers who may see it
     * @param target the address
     */
    public void invalidate(Scope scope, URI target) {
        cache.invalidate(RequestHead.primaryKey(scope, target));
    }

    /**
     * Returns what this cache has done so far, and what it holds. Each GET and HEAD counts once. What goes past the cache
     * counts nowhere: other methods, requests with content or {@code If-Match}, and ranges of what is not kept.
     *
     * @return the figures now
     */
    public CacheStatistics statistics() {
        return cache.statistics();
    }

    /** Ends the loads under way and drops what is kept, as {@link ResponseCache#close} does. */
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

    /** The request as it goes on. */
    private RequestHead checked(RequestHead head) {
        Objects.requireNonNull(head, "head");
        if (!setup.rules().isShared() && head.scope().equals(Scope.shared())) {
            throw new IllegalArgumentException("the request's scope is shared, but " + this
                    + " keeps the responses of one user each: use withScope(Scope.principal(…))");
        }
        // What a client has the cache drop must not tell variants apart: the origin never sees it.
        Fields onward = CachedFields.endToEnd(head.fields());
        try {
            return head.withFields(setup.normaliser().apply(onward));
        } catch (RuntimeException e) {
            // A request that the function cannot bear goes on as it is: it is a variant of its own.
            return head.withFields(onward);
        }
    }
}
