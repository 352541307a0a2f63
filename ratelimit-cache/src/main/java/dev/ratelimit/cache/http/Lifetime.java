package dev.ratelimit.cache.http;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The lifetime of a response, and its age when it arrives (RFC 9111, sections 4.2.1 to 4.2.3). */
final class Lifetime {

    private static final String DATE = "Date";

    private final boolean shared;
    private final CacheControl control;
    private final Fields response;
    private final Instant now;

    /**
     * Truncates the time to whole seconds, because dates in fields are whole seconds. Otherwise each response would
     * arrive half a second old on average.
     */
    Lifetime(boolean shared, CacheControl control, Fields response, Instant now) {
        this.shared = shared;
        this.control = control;
        this.response = response;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Section 4.2.1; empty if the response does not say. */
    Optional<Duration> explicit() {
        if (shared && control.has("s-maxage")) {
            return control.time("s-maxage");
        }
        if (control.has("max-age")) {
            return control.time("max-age");
        }
        List<String> expires = control.isTargeted() ? List.of() : response.lines("Expires");
        if (expires.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> until =
                HttpDate.isUnanimous(expires) ? HttpDate.parse(expires.get(0), now) : Optional.empty();
        return Optional.of(
                notNegative(until.map(end -> Duration.between(date(), end)).orElse(Duration.ZERO)));
    }

    /** Section 4.2.2: a share of the time since the last change, at most the longest; empty without a last change. */
    Optional<Duration> heuristic(double share, Duration longest) {
        return response.first(Preconditions.LAST_MODIFIED)
                .flatMap(text -> HttpDate.parse(text, now))
                .map(modified -> notNegative(Duration.between(modified, date())))
                .map(unchanged -> Duration.ofSeconds((long) (unchanged.toSeconds() * share)))
                .map(time -> time.compareTo(longest) > 0 ? longest : time);
    }

    /** Section 4.2.3. */
    Duration age(Duration delay) {
        Duration apparent = notNegative(Duration.between(date(), now));
        List<String> elements = response.elements("Age");
        Duration said = elements.isEmpty() ? Duration.ZERO : Duration.ofSeconds(CacheControl.seconds(elements.get(0)));
        Duration corrected = said.plus(delay);
        return apparent.compareTo(corrected) > 0 ? apparent : corrected;
    }

    /**
     * Returns the fields with a valid date: that of their arrival if the origin sent none (RFC 9110, section 6.6.1).
     */
    Fields dated(Fields fields) {
        boolean readable =
                fields.first(DATE).flatMap(text -> HttpDate.parse(text, now)).isPresent();
        return readable ? fields : fields.replaced(DATE, HttpDate.format(now));
    }

    private Instant date() {
        return response.first(DATE).flatMap(text -> HttpDate.parse(text, now)).orElse(now);
    }

    private static Duration notNegative(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }
}
