package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.Headers;
import dev.ratelimit.quota.QuotaUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The header fields by which an allowed request's answer tells the client of its quotas.
 *
 * <p>They are further items of those that tell of the limits, in lines of their own. A quota is renewed all at once, when its
 * window ends: {@code t} is the time until then. A limit that refills all the time has other figures.
 *
 * @param policies the items of {@code RateLimit-Policy}
 * @param states the items of {@code RateLimit}
 */
record QuotaFields(String policies, String states) {

    /** What is told if there are no quotas. */
    static final QuotaFields NONE = new QuotaFields("", "");

    /** Returns the fields that tell of some quotas, at least one. */
    static QuotaFields of(List<QuotaUsage> usages, Instant now) {
        return new QuotaFields(
                items(
                        usages,
                        usage -> ";q=" + usage.limit() + ";w="
                                + seconds(usage.window().start(), usage.window().end())),
                items(
                        usages,
                        usage -> ";r=" + usage.remaining() + ";t="
                                + seconds(now, usage.window().end())));
    }

    /** Adds them to the fields of an answer. */
    void addTo(Headers fields) {
        if (!policies.isEmpty()) {
            fields.add("RateLimit-Policy", policies);
            fields.add("RateLimit", states);
        }
    }

    private static String items(List<QuotaUsage> usages, Function<QuotaUsage, String> parameters) {
        return usages.stream()
                .map(usage -> '"' + usage.quota().name() + '"' + parameters.apply(usage))
                .collect(Collectors.joining(", "));
    }

    /** Rounded up; at least one, because the window may have ended meanwhile. */
    private static long seconds(Instant from, Instant to) {
        return Math.max(1, Duration.between(from, to).plusNanos(999_999_999).toSeconds());
    }
}
