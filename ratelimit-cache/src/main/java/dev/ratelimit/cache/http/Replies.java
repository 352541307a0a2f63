package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import dev.ratelimit.cache.LoadFailedException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The replies of a cache: stored responses in the form that the request asks for, and the cache's own error replies.
 */
final class Replies {

    private static final String CACHE_STATUS = "Cache-Status";
    private static final String NOT_CACHED = "not in the cache";
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    private final String cache;
    private final InstantSource clock;

    Replies(String cache, InstantSource clock) {
        this.cache = cache;
        this.clock = clock;
    }

    /** Returns an answer that any caller may get; of an error, only its status. */
    HttpReply kept(RequestHead request, Cached<StoredReply> answer) {
        StoredReply stored = answer.value();
        if (stored.freshness().isError()) {
            return text(stored.head().status(), "the origin could not answer", request)
                    .withField(CACHE_STATUS, CachedFields.status(cache, answer.state()))
                    .answeredFromCache();
        }
        Fields fields = CachedFields.answered(stored.fields(), answer, cache);
        HttpReply reply = stored.reply(fields).answeredFromCache();
        return Selection.of(reply, stored, request, clock.instant());
    }

    /** Returns the answer of the caller's own load, including the fields for this caller only. */
    HttpReply own(RequestHead request, Cached<StoredReply> answer, Handover.Own own) {
        StoredReply stored = answer.value();
        Fields fields = own.validated()
                ? CachedFields.validated(own.fields(), answer, cache)
                : CachedFields.answered(own.fields(), answer, cache);
        if (own.content() == null) {
            return Selection.of(stored.reply(fields), stored, request, clock.instant());
        }
        HttpReply reply = HttpReply.streaming(new ResponseHead(stored.head().status(), fields), own.content());
        return Selection.of(reply, request, clock.instant());
    }

    /** Returns a response that bypassed the cache. */
    HttpReply passed(HttpReply reply) {
        Fields fields = CachedFields.endToEnd(reply.fields());
        return reply.withFields(fields.with(CACHE_STATUS, CachedFields.status(cache, CacheState.BYPASS)));
    }

    HttpReply failed(RequestHead request, LoadFailedException failure) {
        HttpReply reply = switch (failure.reason()) {
            case NOT_CACHED -> text(GATEWAY_TIMEOUT, NOT_CACHED, request);
            case DEADLINE, IMPATIENT -> text(GATEWAY_TIMEOUT, "the origin took too long", request);
            case REFUSED -> text(UNAVAILABLE, "too many requests wait for the origin", request);
            case CLOSED, INTERRUPTED -> text(UNAVAILABLE, "the cache is closed", request);
            case FAILED, CIRCULAR -> notReached(request, failure.getCause());
        };
        Throwable cause = failure.getCause();
        return reply.withField(CACHE_STATUS, CachedFields.status(cache, failure.state()))
                .because(cause == null ? failure : cause);
    }

    HttpReply failed(RequestHead request, CacheState state, Exception failure) {
        return notReached(request, failure)
                .withField(CACHE_STATUS, CachedFields.status(cache, state))
                .because(failure);
    }

    /** Returns the reply to a request that must not go to the origin, and that no cache can answer. */
    HttpReply notCached(RequestHead request) {
        return text(GATEWAY_TIMEOUT, NOT_CACHED, request)
                .withField(CACHE_STATUS, CachedFields.status(cache, CacheState.MISS))
                .because(new IllegalStateException("only the cache may answer, and it answers no such request"));
    }

    /**
     * Returns the reply if the origin was not reached. HTTP clients have different timeout exceptions, whose only
     * common mark is the name.
     */
    private static HttpReply notReached(RequestHead request, @Nullable Throwable failure) {
        boolean late = failure != null && failure.getClass().getSimpleName().endsWith("TimeoutException");
        return late
                ? text(GATEWAY_TIMEOUT, "the origin took too long", request)
                : text(BAD_GATEWAY, "the origin cannot be reached", request);
    }

    private static HttpReply text(int status, String reason, RequestHead request) {
        byte[] content = reason.getBytes(StandardCharsets.US_ASCII);
        Fields fields = Fields.none()
                .with("Content-Type", "text/plain; charset=us-ascii")
                .with("Content-Length", Integer.toString(content.length));
        HttpReply reply = HttpReply.of(status, fields, content);
        return request.isHead() ? reply.withoutContent(status, fields) : reply;
    }
}
