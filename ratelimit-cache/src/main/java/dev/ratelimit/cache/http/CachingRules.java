package dev.ratelimit.cache.http;

import dev.ratelimit.cache.Freshness;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of {@link HttpCaching} with their settings. */
record CachingRules(
        boolean shared,
        InstantSource clock,
        List<String> targetedFields,
        List<String> credentials,
        double heuristicShare,
        Duration maxHeuristic,
        Duration validateFor) {

    /** The statuses whose meaning this class knows, among those whose responses can be kept. */
    private static final Set<Integer> UNDERSTOOD =
            Set.of(200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451, 501);

    /** RFC 9110, section 15.1. */
    private static final Set<Integer> HEURISTICALLY_CACHEABLE =
            Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

    private static final Set<Integer> GONE = Set.of(404, 410);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int LOWEST_SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;

    Judgement judge(RequestHead request, @Nullable ResponseHead stored, ResponseHead response, Duration delay) {
        Fields toSend = CachedFields.endToEnd(response.fields());
        if (!request.isGet() || request.hasContent()) {
            Set<URI> invalidated =
                    Invalidation.of(request.method(), request.target(), response.status(), response.fields());
            return new Judgement(Judgement.Action.PASS_ON, Freshness.uncacheable(), toSend, toSend, false, invalidated);
        }
        if (response.status() != ResponseHead.NOT_MODIFIED || stored == null) {
            return judge(Judgement.Action.KEEP, request, response, toSend, delay);
        }
        if (!Preconditions.isAbout(response.fields(), stored.fields())) {
            return decided(Judgement.Action.ASK_AGAIN, Freshness.uncacheable(), toSend);
        }
        Fields updates = lifetime(response.fields()).dated(CachedFields.updates(response.fields()));
        ResponseHead updated = stored.withFields(stored.fields().replacedBy(updates));
        return judge(Judgement.Action.REFRESH, request, updated, updated.fields(), delay);
    }

    private Judgement judge(
            Judgement.Action kept, RequestHead request, ResponseHead response, Fields toSend, Duration delay) {
        int status = response.status();
        Fields fields = response.fields();
        if (isFailure(status)) {
            return decided(Judgement.Action.SERVE_STALE, Freshness.error(), toSend);
        }
        CacheControl control = CacheControl.of(fields, targetedFields);
        boolean forAll = mayShare(request.fields(), fields, control);
        boolean storable = forAll
                && UNDERSTOOD.contains(status)
                && !control.forbidsStoring(true)
                && !CacheControl.of(request.fields()).forbidsStoring(false)
                && !Vary.of(fields).isAny()
                // The kept fields tell variants apart, so none of the names may be lost.
                && Vary.of(fields).equals(Vary.of(CachedFields.kept(fields)));
        boolean gone = GONE.contains(status);
        Freshness freshness = storable ? freshness(status, fields, control, delay) : null;
        // A response such as 404 is worth keeping only while it is fresh. In either case it has to remove the stored
        // one.
        if (freshness != null && !(gone && freshness.freshFor().compareTo(freshness.age()) <= 0)) {
            Fields toKeep = lifetime(fields).dated(CachedFields.kept(fields));
            return new Judgement(kept, freshness, toKeep, toSend, control.has("no-cache"), Set.of());
        }
        if (kept == Judgement.Action.KEEP && forAll && gone) {
            Freshness ofAll = storable && !control.has("no-cache") ? Freshness.gone() : Freshness.uncacheable();
            return decided(Judgement.Action.FORGET, ofAll, toSend);
        }
        Judgement.Action action = kept == Judgement.Action.KEEP ? Judgement.Action.PASS_ON : kept;
        return decided(action, Freshness.uncacheable(), toSend);
    }

    private Judgement decided(Judgement.Action action, Freshness freshness, Fields toSend) {
        Fields toKeep = lifetime(toSend).dated(CachedFields.kept(toSend));
        return new Judgement(action, freshness, toKeep, toSend, false, Set.of());
    }

    private boolean mayShare(Fields request, Fields response, CacheControl control) {
        boolean allowedWithCredentials =
                control.has("public") || control.has("s-maxage") || control.has("must-revalidate");
        return !shared
                || (!control.has("private")
                        && !response.contains("Set-Cookie")
                        && !response.contains("Set-Cookie2")
                        && (!hasCredentials(request) || allowedWithCredentials));
    }

    boolean hasCredentials(Fields request) {
        return credentials.stream().anyMatch(request::contains);
    }

    /**
     * Returns the freshness; null if the response neither says how long it is fresh nor can be validated as it
     * requires.
     */
    private @Nullable Freshness freshness(int status, Fields response, CacheControl control, Duration delay) {
        Lifetime lifetime = new Lifetime(shared, control, response, clock.instant());
        boolean validates = Preconditions.hasValidator(response);
        boolean eachTime = control.has("no-cache");
        Duration fresh = eachTime ? null : lifetime.explicit().orElse(null);
        if (fresh == null
                && !eachTime
                && heuristicShare > 0
                && (HEURISTICALLY_CACHEABLE.contains(status) || control.has("public"))) {
            fresh = lifetime.heuristic(heuristicShare, maxHeuristic).orElse(null);
        }
        if (fresh == null && validates && (eachTime || control.has("public"))) {
            fresh = Duration.ZERO;
        }
        if (fresh == null) {
            return null;
        }
        Freshness freshness =
                Freshness.of(fresh).age(lifetime.age(delay)).validateFor(validates ? validateFor : Duration.ZERO);
        boolean neverStale = eachTime
                || control.has("must-revalidate")
                || (shared && (control.has("proxy-revalidate") || control.has("s-maxage")));
        if (neverStale) {
            Freshness exact = freshness.staleWhileRevalidate(Duration.ZERO).staleIfError(Duration.ZERO);
            return eachTime ? exact.perRequest() : exact;
        }
        Duration whileRevalidate = control.time("stale-while-revalidate").orElse(null);
        if (whileRevalidate != null) {
            freshness = freshness.staleWhileRevalidate(whileRevalidate);
        }
        Duration ifError = control.time("stale-if-error").orElse(null);
        return ifError == null ? freshness : freshness.staleIfError(ifError);
    }

    private Lifetime lifetime(Fields response) {
        return new Lifetime(shared, CacheControl.of(response), response, clock.instant());
    }

    private static boolean isFailure(int status) {
        return status == TOO_MANY_REQUESTS || (status >= LOWEST_SERVER_ERROR && status != NOT_IMPLEMENTED);
    }
}
