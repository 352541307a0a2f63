package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import java.net.URI;
import java.util.Set;

/**
 * A judgement is what a cache does with a response: one step from request and response to the freshness and to the
 * fields that are kept and sent, so that no field is dropped before it was looked at.
 *
 * <p>Immutable and thread-safe. No component is null. {@link HttpCaching#judge} makes it.
 *
 * @param action what the cache does
 * @param freshness how long what is kept may be used; says also whether it may be kept, and who gets it, as {@link
 *     Freshness} does
 * @param toKeep the fields to be kept, without those of one connection and of one client
 * @param toSend the fields for the client whose request it was, with those that are its own
 * @param validateEachTime whether what is kept may answer another request only after a load, as {@code no-cache} says:
 *     a client that has waited for another client's load then needs a load of its own (RFC 9111, section 5.2.2.4)
 * @param invalidated the URIs of which the cache forgets what it keeps; for unsafe requests only
 */
public record Judgement(
        Action action,
        Freshness freshness,
        Fields toKeep,
        Fields toSend,
        boolean validateEachTime,
        Set<URI> invalidated) {

    /** What a cache does with a response. */
    public enum Action {
        /** The cache keeps the response and sends it. */
        KEEP,
        /** The stored response is still right: the cache keeps its content with the new fields, and sends it. */
        REFRESH,
        /** The response is for this client only. What is stored stays. */
        PASS_ON,
        /** The response says that there is nothing any more: the cache sends it and forgets what is stored. */
        FORGET,
        /**
         * The response is a backend's error: the cache sends a stale response if one may be used, else the error. It
         * keeps nothing.
         */
        SERVE_STALE,
        /**
         * The response is a 304 about another response than the stored one: the cache asks again, without conditions.
         */
        ASK_AGAIN
    }
}
