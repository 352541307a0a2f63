package dev.ratelimit.cache.http;

import dev.ratelimit.cache.ReadOptions;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * HTTP caching is what RFC 9111 says of who may keep a response, and for how long. {@link HttpCache} applies all of it;
 * these are the rules alone, for those who have a cache of their own:
 *
 * <pre>{@code
 * HttpCaching rules = HttpCaching.shared(InstantSource.system());
 * Judgement judgement = rules.judge(request, response, delay);
 * }</pre>
 *
 * <p><b>Cautious</b> where the RFC leaves a choice:
 *
 * <ul>
 *   <li>A response is kept only if it says how long it is fresh, or that it is to be validated each time ({@code
 *       no-cache}, or
 *       {@code public} alone) and by what. Nothing is guessed unless {@link #heuristicFreshness} asks for it (section
 *     4.2.2).
 *   <li>{@code private} and {@code no-cache} count for the whole response, also if they name fields. A response with
 *       {@code Set-Cookie} is not kept for all, and one user's copy is kept without it.
 *   <li>404 and 410 without a lifetime are answers: they end what is stored (section 4.3.3).
 *   <li>429, and 5xx but 501, are errors of the backend, whatever lifetime they claim: they are never kept, and what is
 *       stored may stand in for them (section 4.2.4; RFC 5861, section 4).
 *   <li>Other errors that a single odd request can cause, as 400 and 403, are never kept, nor is a status that is not
 *       known here.
 *   <li>{@code must-understand} lifts {@code no-store} if the status is known here (section 5.2.2.3).
 * </ul>
 *
 * <p>Immutable and thread-safe. No method waits.
 */
public final class HttpCaching {

    private static final String AUTHORIZATION = "Authorization";

    private final CachingRules rules;

    private HttpCaching(CachingRules rules) {
        this.rules = rules;
    }

    private static HttpCaching of(boolean shared, InstantSource clock) {
        Objects.requireNonNull(clock, "clock");
        return new HttpCaching(new CachingRules(
                shared, clock, List.of(), List.of(AUTHORIZATION), 0, Duration.ZERO, Duration.ofDays(1)));
    }

    /**
     * Returns the rules for a cache whose values many users see, as those of a gateway are.
     *
     * @param clock the time of day, which dates in fields are compared with
     * @return the rules for the shared scope, and for a tenant's
     */
    public static HttpCaching shared(InstantSource clock) {
        return of(true, clock);
    }

    /**
     * Returns the rules for a cache whose values one user sees.
     *
     * @param clock the time of day, which dates in fields are compared with
     * @return the rules for a principal's scope
     */
    public static HttpCaching ofOneUser(InstantSource clock) {
        return of(false, clock);
    }

    /**
     * Returns these rules with targeted fields (RFC 9213): the first of them that a response has, valid and not empty,
     * stands in for {@code Cache-Control} and {@code Expires}.
     *
     * @param names the names of the fields, the most special first, such as {@code CDN-Cache-Control}
     * @return the rules with those fields in place of the former ones
     */
    public HttpCaching targetedFields(String... names) {
        return new HttpCaching(new CachingRules(
                rules.shared(),
                rules.clock(),
                List.of(names),
                rules.credentials(),
                rules.heuristicShare(),
                rules.maxHeuristic(),
                rules.validateFor()));
    }

    /**
     * Returns these rules with further request fields by which clients prove who they are: they count as {@code
     * Authorization} does (RFC 9111, section 3.5).
     *
     * @param names the names of the fields, such as {@code X-Api-Key}
     * @return the rules with {@code Authorization} and those fields
     */
    public HttpCaching credentials(String... names) {
        List<String> all = new ArrayList<>(List.of(names));
        all.add(AUTHORIZATION);
        return new HttpCaching(new CachingRules(
                rules.shared(),
                rules.clock(),
                rules.targetedFields(),
                List.copyOf(all),
                rules.heuristicShare(),
                rules.maxHeuristic(),
                rules.validateFor()));
    }

    /**
     * Returns these rules with a lifetime for responses that say none, but when they were last changed (RFC 9111,
     * section 4.2.2): a share of the time since then. It holds for the statuses that the RFC names, and for {@code
     * public} responses.
     *
     * @param share the share, above 0 and at most 1; the RFC mentions a tenth
     * @param longest the longest such lifetime, at least 1 s
     * @return the rules with that guess
     * @throws IllegalArgumentException if the share or the time is out of range
     */
    public HttpCaching heuristicFreshness(double share, Duration longest) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be above 0 and at most 1, as 0.1, but was " + share);
        }
        if (Objects.requireNonNull(longest, "longest").toSeconds() < 1) {
            throw new IllegalArgumentException("longest must be at least 1 s, but was " + longest);
        }
        return new HttpCaching(new CachingRules(
                rules.shared(),
                rules.clock(),
                rules.targetedFields(),
                rules.credentials(),
                share,
                longest,
                rules.validateFor()));
    }

    /**
     * Returns these rules with the time for which a response that has a validator is still kept after it has ceased to
     * be fresh, so that the origin can say that it is still right: 1 day if it is not set.
     *
     * @param time how long after it has ceased to be fresh, zero or more
     * @return the rules with that time
     * @throws IllegalArgumentException if the time is negative
     */
    public HttpCaching validateFor(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("validateFor must be zero or more, but was " + time);
        }
        return new HttpCaching(new CachingRules(
                rules.shared(),
                rules.clock(),
                rules.targetedFields(),
                rules.credentials(),
                rules.heuristicShare(),
                rules.maxHeuristic(),
                time));
    }

    /**
     * Returns how old an answer a request accepts, and how it is loaded: by {@code max-age}, {@code max-stale}, {@code
     * min-fresh},
     * {@code no-cache}, {@code no-store} and {@code only-if-cached} (RFC 9111, section 5.2.1). A request with {@code
     * max-age} but no
     * {@code max-stale} accepts no stale answer. A request with credentials has a load of its own.
     *
     * @param request the request's fields
     * @return the options
     */
    public ReadOptions readOptions(Fields request) {
        return CacheControl.ofRequest(request).asReadOptions(loadOptions(request));
    }

    /** How a request is loaded if its own directives do not count. */
    ReadOptions loadOptions(Fields request) {
        return isLoadedAlone(request) ? ReadOptions.any().ownLoad() : ReadOptions.any();
    }

    /** Whether the answer may be this client's alone, so that no other request waits for it. */
    boolean isLoadedAlone(Fields request) {
        return rules.shared() && rules.hasCredentials(request);
    }

    boolean isShared() {
        return rules.shared();
    }

    /**
     * Returns the fields of a request that validates a stored response (RFC 9111, section 4.3.1): with the stored
     * validators as conditions, and without the client's own conditions and range.
     *
     * @param request the request's fields
     * @param stored the fields that were kept
     * @return the fields; without conditions if the stored response has no validator
     */
    public static Fields validating(Fields request, Fields stored) {
        return Preconditions.validating(request, stored);
    }

    /**
     * Returns which URIs a response outdates (RFC 9111, section 4.4): after a success or a redirection of a method that
     * is not known to be safe, the target, and what {@code Location} and {@code Content-Location} name of the same
     * origin.
     *
     * @param method the request's method; all but GET, HEAD, OPTIONS and TRACE may change something
     * @param target the request's target URI
     * @param response the response
     * @return the URIs of which everything that is kept is to be forgotten; none for a safe method or an error
     */
    public static Set<URI> invalidated(String method, URI target, ResponseHead response) {
        return Invalidation.of(method, target, response.status(), response.fields());
    }

    /**
     * Returns what the cache does with a response to a request without conditions.
     *
     * @param request the request
     * @param response the response, with the fields as they came
     * @param delay the time from when the request was sent to when the response's fields came; it counts as age (RFC
     *     9111, section 4.2.3), as nobody knows when in it the response was made
     * @return what is kept, what is sent and what is forgotten
     * @throws IllegalArgumentException if the delay is negative
     */
    public Judgement judge(RequestHead request, ResponseHead response, Duration delay) {
        return judge(request, null, response, delay);
    }

    /**
     * Returns what the cache does with a response to a request by which it has {@linkplain #validating validated} a
     * stored one.
     *
     * @param request the request
     * @param stored the stored response, with the fields that were kept; null if the request had no conditions of the
     *     cache
     * @param response the response, with the fields as they came
     * @param delay the time from when the request was sent to when the response's fields came
     * @return what is kept, what is sent and what is forgotten
     * @throws IllegalArgumentException if the delay is negative
     */
    public Judgement judge(RequestHead request, @Nullable ResponseHead stored, ResponseHead response, Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("the delay must be zero or more, but was " + delay);
        }
        return rules.judge(
                Objects.requireNonNull(request, "request"),
                stored,
                Objects.requireNonNull(response, "response"),
                delay);
    }
}
