package dev.ratelimit.examples.gateway;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The header fields that a gateway passes on: the end-to-end ones (RFC 9110, section 7.6.1).
 *
 * <p>Hop-by-hop fields, and those that {@code Connection} names, speak of one connection only; passed on, they would
 * let a client disagree with the backend about where a message ends.
 */
final class HeaderFields {

    /** What the gateway writes into {@code Via} of all that it passes on, either way. */
    static final String VIA = "1.1 ratelimit-gateway";

    /** Beside the hop-by-hop fields, those that the HTTP client and server write themselves. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length",
            "expect",
            "host");

    private HeaderFields() {}

    static Map<String, List<String>> endToEnd(Map<String, List<String>> fields) {
        Set<String> dropped = new HashSet<>(OWN);
        fields.forEach((name, values) -> {
            if (name.equalsIgnoreCase("connection")) {
                for (String value : values) {
                    for (String named : value.split(",", -1)) {
                        dropped.add(named.strip().toLowerCase(Locale.ROOT));
                    }
                }
            }
        });
        Map<String, List<String>> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.forEach((name, values) -> {
            if (!dropped.contains(name.toLowerCase(Locale.ROOT))) {
                kept.put(name, values);
            }
        });
        return kept;
    }
}
