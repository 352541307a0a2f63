package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import dev.ratelimit.cache.ReadOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * HTTP caching is what RFC 9111 says of who may keep a response, and for how long.
 *
 * <pre>{@code
 * HttpCaching rules = HttpCaching.shared(InstantSource.system());
 * Freshness freshness = rules.freshness("GET", requestFields, 200, responseFields);
 * }</pre>
 *
 * <p><b>Cautious</b> where the RFC leaves a choice. Only responses that say how long they are fresh are kept: nothing is guessed
 * (section 4.2.2). What would have to be validated is not kept ({@code no-cache}). What comes with {@code Set-Cookie} is
 * not kept for all. {@code must-understand} lifts {@code no-store}, since nothing is kept whose status is not understood (section
 * 5.2.2.3). {@code private} and {@code no-cache} count for the whole response, also if they name fields.
 *
 * <p>Immutable and thread-safe.
 */
public final class HttpCaching {

    /** The statuses whose meaning is known here; all others are never kept, among them 206, 304, 429 and 5xx but 501. */
    private static final Set<Integer> CACHEABLE =
            Set.of(200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501);

    private final boolean shared;
    private final InstantSource clock;

    private HttpCaching(boolean shared, InstantSource clock) {
        this.shared = shared;
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Returns the rules for a cache whose values many users see, as those of a gateway are.
     *
     * @param clock the time of day, which dates in fields are compared with
     * @return the rules for the shared scope, and for a tenant's
     */
    public static HttpCaching shared(InstantSource clock) {
        return new HttpCaching(true, clock);
    }

    /**
     * Returns the rules for a cache whose values one user sees.
     *
     * @param clock the time of day, which dates in fields are compared with
     * @return the rules for a principal's scope
     */
    public static HttpCaching ofOneUser(InstantSource clock) {
        return new HttpCaching(false, clock);
    }

    /**
     * Returns how long a response may be used, if at all, where it has come at once.
     *
     * @param method the request's method
     * @param request the request's fields
     * @param status the response's status
     * @param response the response's fields, as they came
     * @return the freshness, with the age that the response has come with
     */
    public Freshness freshness(String method, Fields request, int status, Fields response) {
        return freshness(method, request, status, response, Duration.ZERO);
    }

    /**
     * Returns how long a response may be used, if at all.
     *
     * @param method the request's method
     * @param request the request's fields
     * @param status the response's status
     * @param response the response's fields, as they came
     * @param delay the time from when the request was sent to when the response's fields came; it counts as age (RFC 9111, section
     *     4.2.3), as nobody knows when in it the response was made
     * @return the freshness, with the age that the response has come with
     * @throws IllegalArgumentException if the delay is negative
     */
    public Freshness freshness(String method, Fields request, int status, Fields response, Duration delay) {
        Objects.requireNonNull(method, "method");
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("the delay must be zero or more, but was " + delay);
        }
        CacheControl control = CacheControl.of(Objects.requireNonNull(response, "response"));
        if (!mayKeep(method, Objects.requireNonNull(request, "request"), status, response, control)) {
            return Freshness.uncacheable();
        }
        Instant now = clock.instant();
        Optional<Duration> lifetime = lifetime(response, control, now);
        if (lifetime.isEmpty()) {
            return Freshness.uncacheable();
        }
        Freshness freshness = Freshness.of(lifetime.get()).age(age(response, now, delay));
        if (control.has("must-revalidate")
                || (shared && (control.has("proxy-revalidate") || control.has("s-maxage")))) {
            return freshness.staleWhileRevalidate(Duration.ZERO).staleIfError(Duration.ZERO);
        }
        Optional<Duration> whileRevalidate = control.time("stale-while-revalidate");
        if (whileRevalidate.isPresent()) {
            freshness = freshness.staleWhileRevalidate(whileRevalidate.get());
        }
        Optional<Duration> ifError = control.time("stale-if-error");
        return ifError.isPresent() ? freshness.staleIfError(ifError.get()) : freshness;
    }

    /**
     * Returns how old an answer a request accepts, by its {@code Cache-Control}: by {@code max-age}, {@code max-stale} and
     * {@code no-cache} (RFC 9111, section 5.2.1). A request with {@code max-age} but no {@code max-stale} accepts no stale one.
     * {@code min-fresh} and {@code only-if-cached} are not looked at; {@code no-store} is by {@link #freshness}.
     *
     * @param request the request's fields
     * @return the options
     */
    public static ReadOptions readOptions(Fields request) {
        return CacheControl.of(Objects.requireNonNull(request, "request")).asReadOptions();
    }

    private boolean mayKeep(String method, Fields request, int status, Fields response, CacheControl control) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return false;
        }
        if (!CACHEABLE.contains(status)
                || (control.has("no-store") && !control.has("must-understand"))
                || control.has("no-cache")
                || CacheControl.of(request).has("no-store")
                || Vary.of(response).isAny()) {
            return false;
        }
        if (!shared) {
            return true;
        }
        boolean allowedWithAuthorization =
                control.has("public") || control.has("s-maxage") || control.has("must-revalidate");
        return !control.has("private")
                && !response.contains("Set-Cookie")
                && (!request.contains("Authorization") || allowedWithAuthorization);
    }

    /** Section 4.2.1; empty if the response does not say. */
    private Optional<Duration> lifetime(Fields response, CacheControl control, Instant now) {
        if (shared && control.has("s-maxage")) {
            return control.time("s-maxage");
        }
        if (control.has("max-age")) {
            return control.time("max-age");
        }
        List<String> expires = response.lines("Expires");
        if (expires.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> until =
                HttpDate.isUnanimous(expires) ? HttpDate.parse(expires.get(0), now) : Optional.empty();
        Duration lifetime =
                until.map(end -> Duration.between(date(response, now), end)).orElse(Duration.ZERO);
        return Optional.of(lifetime.isNegative() ? Duration.ZERO : lifetime);
    }

    /** Section 4.2.3. */
    private static Duration age(Fields response, Instant now, Duration delay) {
        Duration apparent = Duration.between(date(response, now), now);
        List<String> elements = response.elements("Age");
        Duration said = elements.isEmpty() ? Duration.ZERO : Duration.ofSeconds(CacheControl.seconds(elements.get(0)));
        Duration corrected = said.plus(delay);
        return apparent.compareTo(corrected) > 0 ? apparent : corrected;
    }

    private static Instant date(Fields response, Instant now) {
        return response.first("Date").flatMap(text -> HttpDate.parse(text, now)).orElse(now);
    }
}
