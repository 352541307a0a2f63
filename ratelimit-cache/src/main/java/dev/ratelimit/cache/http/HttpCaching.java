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
 * HTTP caching is the set of rules in RFC 9111 about which caches may keep a response, and for how long.
 * {@link HttpCache} applies all of them. Use this class if you have another cache:
 *
 * <pre>{@code
 * HttpCaching rules = HttpCaching.shared(InstantSource.system());
 * Judgement judgement = rules.judge(request, response, delay);
 * }</pre>
 *
 * <p><b>Cautious.</b> Where the RFC leaves a choice, these rules are strict:
 *
 * <ul>
 *   <li>A response is kept only if it says how long it is fresh, or if it is to be validated each time
 *   ({@code no-cache}, or {@code public} alone) and has a validator. A lifetime is estimated only with
 *   {@link #heuristicFreshness} (section 4.2.2).
 *   <li>{@code private} and {@code no-cache} count for the whole response, also if they name fields. A shared cache
 *   does not keep a response with {@code Set-Cookie}, and a cache of one user keeps it without that field.
 *   <li>404 and 410 without a lifetime are answers: they remove the stored response (section 4.3.3).
 *   <li>429 and all 5xx except 501 are errors of the backend, whatever lifetime they declare: they are never kept, and
 *   a stored response may be used instead (section 4.2.4; RFC 5861, section 4).
 *   <li>Other errors that one unusual request can cause, such as 400 and 403, are never kept, nor are unknown statuses.
 *   <li>{@code must-understand} lifts {@code no-store} if the status is known (section 5.2.2.3).
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
     * Returns the rules for a cache whose values many users see, such as that of a gateway.
     *
     * @param clock the wall clock with which dates in fields are compared
     * @return the rules for the shared scope, and for a tenant's
     */
    public static HttpCaching shared(InstantSource clock) {
        return of(true, clock);
    }

    /**
     * Returns the rules for a cache whose values one user sees.
     *
     * @param clock the wall clock with which dates in fields are compared
     * @return the rules for a principal's scope
     */
    public static HttpCaching ofOneUser(InstantSource clock) {
        return of(false, clock);
    }

    /**
     * Returns these rules with targeted fields (RFC 9213): the first of them that a response has, valid and not empty,
     * replaces {@code Cache-Control} and {@code Expires}.
     *
     * @param names the names of the fields, the most specific first, such as {@code CDN-Cache-Control}
     * @return the rules with those fields in place of the previous ones
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
     * Returns these rules with further request fields that carry credentials. They count like {@code Authorization}
     * (RFC 9111, section 3.5).
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
     * Returns these rules with an estimated lifetime for responses that have {@code Last-Modified} and no lifetime (RFC
     * 9111, section 4.2.2): a share of the time since the last change. It applies to the statuses that the RFC names,
     * and to {@code public} responses.
     *
     * @param share the share, above 0 and at most 1; the RFC mentions a tenth
     * @param longest the maximum of such a lifetime, at least 1 s
     * @return the rules with that estimate
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
     * Returns these rules with the time for which a stale response with a validator is kept, so that the origin can
     * validate it. The default is 1 day.
     *
     * @param time the time after the response has become stale, zero or more
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
     * Returns the read options of a request, from {@code max-age}, {@code max-stale}, {@code min-fresh},
     * {@code no-cache}, {@code no-store} and {@code only-if-cached} (RFC 9111, section 5.2.1). A request with
     * {@code max-age} but no {@code max-stale} accepts no stale answer. A request with credentials gets a separate
     * load.
     *
     * @param request the request's fields
     * @return the options
     */
    public ReadOptions readOptions(Fields request) {
        return CacheControl.ofRequest(request).asReadOptions(loadOptions(request));
    }

    /** Returns the read options of a request whose own directives are ignored. */
    ReadOptions loadOptions(Fields request) {
        return isLoadedAlone(request) ? ReadOptions.any().ownLoad() : ReadOptions.any();
    }

    /** Whether the answer may be for this client alone, so that no other request waits for it. */
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
     * Returns the URIs that a response invalidates (RFC 9111, section 4.4). After a success or a redirection of a
     * method that is not known to be safe, these are the target, and the URIs of the same origin in {@code Location}
     * and {@code Content-Location}.
     *
     * @param method the request's method; all but GET, HEAD, OPTIONS and TRACE may change something
     * @param target the request's target URI
     * @param response the response
     * @return the URIs to invalidate; none for a safe method or an error
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
     *     9111, section 4.2.3), because the response may have been made at any time within it
     * @return the fields to keep, the fields to send and the URIs to invalidate
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
     * @return the fields to keep, the fields to send and the URIs to invalidate
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
