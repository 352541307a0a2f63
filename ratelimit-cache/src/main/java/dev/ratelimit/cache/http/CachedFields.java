package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Cached fields are the fields of a response that a cache keeps, and the fields that it sends with a kept response. */
public final class CachedFields {

    /** The fields that concern one connection only (RFC 9110, section 7.6.1; RFC 9111, section 3.1). */
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization");

    /** The fields that are for one client only, or that the cache itself writes. */
    private static final Set<String> OF_ONE_ANSWER = Set.of("retry-after", "set-cookie", "set-cookie2", "age");

    private static final List<String> OF_ONE_ANSWER_BEGINNINGS = List.of("ratelimit", "x-ratelimit");

    /** The fields that describe the content of their own message; a 304 has no content (RFC 9111, section 3.2). */
    private static final List<String> OF_CONTENT = List.of("Content-Length", "Content-Encoding", "Content-Range");

    private CachedFields() {}

    /**
     * Returns the fields of a message that is forwarded: without those of one connection, and those that
     * {@code Connection} names.
     */
    static Fields endToEnd(Fields message) {
        Fields rest = message;
        for (String named : message.elements("Connection")) {
            rest = rest.without(named);
        }
        for (String name : OF_ONE_CONNECTION) {
            rest = rest.without(name);
        }
        return rest;
    }

    /**
     * Returns the fields that may be kept: without {@code Set-Cookie}, {@code Retry-After} and {@code RateLimit}, which
     * are for one client.
     */
    static Fields kept(Fields response) {
        Fields kept = endToEnd(response);
        for (String name : response.asMap().keySet()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (OF_ONE_ANSWER.contains(lower)
                    || OF_ONE_ANSWER_BEGINNINGS.stream().anyMatch(lower::startsWith)) {
                kept = kept.without(name);
            }
        }
        return kept;
    }

    /** Returns the fields by which a 304 updates a stored response (RFC 9111, section 3.2). */
    static Fields updates(Fields notModified) {
        Fields updates = endToEnd(notModified);
        for (String name : OF_CONTENT) {
            updates = updates.without(name);
        }
        return updates;
    }

    /**
     * Returns the fields of an answer: the kept fields, {@code Age} in whole seconds (RFC 9111, section 5.1), and the
     * action of the cache as the last member of {@code Cache-Status} (RFC 9211). This member has the state of the
     * answer, the remaining time for which the value is fresh ({@code ttl}), and for a loaded value, whether it is kept
     * ({@code stored}).
     *
     * @param kept the fields that were kept
     * @param answer the answer
     * @param cache the name of the cache that clients see: printable ASCII
     * @return the fields to be sent
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static Fields answered(Fields kept, Cached<?> answer, String cache) {
        // Duration.toSeconds() rounds down, so the figure of a stale value is below zero.
        boolean fromCache = answer.state() == CacheState.HIT || answer.state() == CacheState.STALE;
        String status = status(cache, answer.state())
                + (answer.isKept() && !fromCache ? "; stored" : "")
                + (answer.isKept() ? "; ttl=" + answer.timeToLive().toSeconds() : "");
        return answered(kept, answer, status, fromCache);
    }

    /** Returns the fields of an answer that the origin has validated (RFC 9211, sections 2.2 and 2.3). */
    static Fields validated(Fields kept, Cached<?> answer, String cache) {
        String status = name(cache) + "; fwd=stale; fwd-status=304"
                + (answer.isKept() ? "; stored; ttl=" + answer.timeToLive().toSeconds() : "");
        return answered(kept, answer, status, true);
    }

    private static Fields answered(Fields kept, Cached<?> answer, String status, boolean fromCache) {
        Fields fields = Objects.requireNonNull(kept, "kept").with("Cache-Status", status);
        return fromCache || !answer.age().isZero()
                ? fields.replaced("Age", Long.toString(answer.age().toSeconds()))
                : fields;
    }

    /**
     * Returns the action of a cache for an answer, as a member of {@code Cache-Status} (RFC 9211, section 2).
     *
     * @param cache the name of the cache that clients see: printable ASCII
     * @param state the answer's state
     * @return the member
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static String status(String cache, CacheState state) {
        return name(cache)
                + switch (Objects.requireNonNull(state, "state")) {
                    case HIT -> "; hit";
                    case STALE -> "; hit; detail=stale";
                    case NEGATIVE -> "; hit; detail=negative";
                    case MISS -> "; fwd=miss";
                    case COALESCED -> "; fwd=miss; collapsed";
                    case BYPASS -> "; fwd=bypass";
                };
    }

    private static String name(String cache) {
        if (Objects.requireNonNull(cache, "cache").isEmpty() || !cache.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "the name of the cache must be printable ASCII of at least one character, but was \"" + cache
                            + "\"");
        }
        return '"' + cache.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
