package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import java.net.URI;
import java.util.Set;

/**
 * A judgement is the decision of a cache on a response. One step leads from request and response to the freshness and
 * to the fields that are kept and sent, so that no field is dropped before the rules have read it.
 *
 * <p>Immutable and thread-safe. No component is null. {@link HttpCaching#judge} makes it.
 *
 * @param action what the cache does
 * @param freshness how long the response may be used, whether it may be kept, and which callers get it
 * @param toKeep the fields to be kept, without those of one connection and of one client
 * @param toSend the fields for the client that sent the request, including those for this client only
 * @param validateEachTime whether the kept response may answer another request only after a load, as {@code no-cache}
 *     says: a client that has waited for another client's load then needs its own load (RFC 9111, section 5.2.2.4)
 * @param invalidated the URIs that the cache invalidates; for unsafe requests only
 */
public record Judgement(
        Action action,
        Freshness freshness,
        Fields toKeep,
        Fields toSend,
        boolean validateEachTime,
        Set<URI> invalidated) {

    /** The actions of a cache on a response. */
    public enum Action {
        /** The cache keeps the response and sends it. */
        KEEP,
        /** The stored response is valid: the cache keeps its content with the new fields, and sends it. */
        REFRESH,
        /** The response is for this client only. The stored response stays. */
        PASS_ON,
        /** The response says that the resource no longer exists: the cache sends it and removes the stored response. */
        FORGET,
        /**
         * The response is a backend's error: the cache sends a stale response if it may be used, otherwise the error.
         * It keeps no part of the error.
         */
        SERVE_STALE,
        /**
         * The response is a 304 about another response than the stored one: the cache asks again, without conditions.
         */
        ASK_AGAIN
    }
}
