package dev.ratelimit.examples.gateway;

import dev.ratelimit.http.HttpFields;
import dev.ratelimit.http.ServiceLimit;
import java.util.List;
import java.util.Locale;

/** The header fields by which an answer tells the client of its limits, and of how long it has waited. */
final class LimitFields {

    /** W3C Server Timing: names a part of the time that an answer took, in milliseconds. */
    private static final String TIMING = "Server-Timing";

    private static final String WAITED = "ratelimit;dur=";
    private static final double NANOS_PER_MILLI = 1e6;

    private LimitFields() {}

    /** Sets the fields; those of the same names that the backend may have sent are replaced. */
    static void set(Exchange exchange, List<ServiceLimit> limits) {
        if (!limits.isEmpty()) {
            HttpFields.of(limits).forEach(exchange::set);
        }
    }

    /** Sets the fields of an allowed request. */
    static void set(Exchange exchange, Verdict.Allowed allowed) {
        set(exchange, allowed.limits());
        allowed.quotas().addTo(exchange);
        if (allowed.waitedNanos() > 0) {
            exchange.add(TIMING, WAITED + String.format(Locale.ROOT, "%.3f", allowed.waitedNanos() / NANOS_PER_MILLI));
        }
    }
}
