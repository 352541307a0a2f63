package dev.ratelimit.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import dev.ratelimit.http.HttpFields;
import dev.ratelimit.http.ServiceLimit;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The header fields by which an answer tells the client of its limits, and of how long it has waited. */
final class LimitFields {

    /** W3C Server Timing: names a part of the time that an answer took, in milliseconds. */
    private static final String TIMING = "Server-Timing";

    private static final String WAITED = "ratelimit;dur=";
    private static final double NANOS_PER_MILLI = 1e6;

    private LimitFields() {}

    /** Sets the fields; those of the same names that the backend may have sent are replaced. */
    static void set(HttpExchange exchange, List<ServiceLimit> limits) {
        if (!limits.isEmpty()) {
            HttpFields.of(limits).forEach(exchange.getResponseHeaders()::set);
        }
    }

    /** Sets the fields of an allowed request. */
    static void set(HttpExchange exchange, Verdict.Allowed allowed) {
        set(exchange, allowed.limits());
        allowed.quotas().addTo(exchange.getResponseHeaders());
        if (allowed.waitedNanos() > 0) {
            exchange.getResponseHeaders()
                    .add(TIMING, WAITED + String.format(Locale.ROOT, "%.3f", allowed.waitedNanos() / NANOS_PER_MILLI));
        }
    }

    /** Returns how long a request has waited by the fields of its answer; zero if they do not say. */
    static long waitedNanos(Map<String, String> fields) throws IOException {
        String timing = fields.get(TIMING.toLowerCase(Locale.ROOT));
        if (timing == null || !timing.startsWith(WAITED)) {
            return 0;
        }
        try {
            return Math.round(Double.parseDouble(timing.substring(WAITED.length())) * NANOS_PER_MILLI);
        } catch (NumberFormatException e) {
            throw new IOException("no number of milliseconds: " + timing, e);
        }
    }
}
