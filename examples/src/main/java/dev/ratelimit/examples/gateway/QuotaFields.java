package dev.ratelimit.examples.gateway;

import dev.ratelimit.http.HttpFields;
import dev.ratelimit.quota.QuotaDecision;
import java.util.Map;

/**
 * The header fields by which an allowed request's answer tells the client of its quotas: further items of those that
 * tell of the limits, in lines of their own.
 *
 * @param fields the fields, by name
 */
record QuotaFields(Map<String, String> fields) {

    /** The fields if there are no quotas. */
    static final QuotaFields NONE = new QuotaFields(Map.of());

    /** Returns the fields that tell of the quotas that a decision is about. */
    static QuotaFields of(QuotaDecision decision) {
        return new QuotaFields(HttpFields.of(decision).withoutLegacy().asMap());
    }

    /** Adds them to the fields of an answer. */
    void addTo(Exchange exchange) {
        fields.forEach(exchange::add);
    }
}
