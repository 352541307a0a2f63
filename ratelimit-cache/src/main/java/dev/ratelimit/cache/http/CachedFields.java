package dev.ratelimit.cache.http;

import dev.ratelimit.cache.CacheState;
import dev.ratelimit.cache.Cached;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Cached fields are those of a response on its way into a cache, and out of it again. */
public final class CachedFields {

    /** RFC 9111, section 3.1; {@code Age} is the cache's own to say. */
    private static final Set<String> NOT_KEPT = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "retry-after",
            "set-cookie",
            "set-cookie2",
            "age");

    private static final List<String> NOT_KEPT_BEGINNINGS = List.of("ratelimit", "x-ratelimit");

    private CachedFields() {}

    /**
     * Returns the fields of a response that may be kept: without those of one connection, those that {@code Connection} names,
     * and those that are one client's own: {@code Set-Cookie}, {@code Retry-After}, {@code RateLimit} and all that begin so,
     * with or without {@code X-}. Nor with {@code Age}, which says when the response came, and is put in anew.
     *
     * @param response the response's fields, as they came
     * @return the fields to be kept
     */
    public static Fields kept(Fields response) {
        Fields kept = Objects.requireNonNull(response, "response");
        for (String named : response.elements("Connection")) {
            kept = kept.without(named);
        }
        for (String name : response.asMap().keySet()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (NOT_KEPT.contains(lower) || NOT_KEPT_BEGINNINGS.stream().anyMatch(lower::startsWith)) {
                kept = kept.without(name);
            }
        }
        return kept;
    }

    /**
     * Returns the fields of an answer: those that were kept, with {@code Age} in whole seconds (RFC 9111, section 5.1), and
     * with what the cache did, as the last member of {@code Cache-Status} (RFC 9211). Beside the answer's state it says for how
     * much longer the value is fresh ({@code ttl}), and of one that was loaded, whether it is kept ({@code stored}).
     *
     * @param kept the fields that were kept
     * @param answer the answer
     * @param cache the name of the cache that clients are told: printable ASCII
     * @return the fields to be sent
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static Fields answered(Fields kept, Cached<?> answer, String cache) {
        // Duration.toSeconds() rounds down, so that what is stale is below zero.
        boolean fromCache = answer.state() == CacheState.HIT || answer.state() == CacheState.STALE;
        String status = status(cache, answer.state())
                + (answer.isKept() && !fromCache ? "; stored" : "")
                + (answer.isKept() ? "; ttl=" + answer.timeToLive().toSeconds() : "");
        Fields fields = Objects.requireNonNull(kept, "kept").with("Cache-Status", status);
        if (!fromCache && answer.age().isZero()) {
            return fields;
        }
        return fields.with("Age", Long.toString(answer.age().toSeconds()));
    }

    /**
     * Returns what a cache did for an answer, as a member of {@code Cache-Status} (RFC 9211, section 2).
     *
     * @param cache the name of the cache that clients are told: printable ASCII
     * @param state the answer's state
     * @return the member
     * @throws IllegalArgumentException if the name is empty or has any other character
     */
    public static String status(String cache, CacheState state) {
        if (Objects.requireNonNull(cache, "cache").isEmpty() || !cache.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "the name of the cache must be printable ASCII of at least one character, but was \"" + cache
                            + "\"");
        }
        String name = '"' + cache.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return name
                + switch (Objects.requireNonNull(state, "state")) {
                    case HIT -> "; hit";
                    case STALE -> "; hit; detail=stale";
                    case NEGATIVE -> "; hit; detail=negative";
                    case MISS -> "; fwd=miss";
                    case COALESCED -> "; fwd=miss; collapsed";
                    case BYPASS -> "; fwd=bypass";
                };
    }
}
