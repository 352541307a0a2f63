package dev.ratelimit.cache.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The URIs that a response to an unsafe request invalidates (RFC 9111, section 4.4). */
final class Invalidation {

    /** RFC 9110, section 9.2.1. An unknown method may change anything, so it counts as unsafe. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private static final int LOWEST_SUCCESS = 200;
    private static final int LOWEST_ERROR = 400;

    private Invalidation() {}

    static boolean isSafe(String method) {
        return SAFE.contains(method);
    }

    /**
     * Returns the target and the URIs of the same origin that the response names; none if the method is safe or the
     * status an error.
     */
    static Set<URI> of(String method, URI target, int status, Fields response) {
        if (isSafe(method) || status < LOWEST_SUCCESS || status >= LOWEST_ERROR) {
            return Set.of();
        }
        Set<URI> outdated = new LinkedHashSet<>();
        outdated.add(target);
        for (String field : List.of("Location", "Content-Location")) {
            for (String line : response.lines(field)) {
                // Another origin must not be able to empty the cache of this one.
                resolved(target, line)
                        .filter(named -> RequestHead.origin(named).equals(RequestHead.origin(target)))
                        .ifPresent(outdated::add);
            }
        }
        return Set.copyOf(outdated);
    }

    private static Optional<URI> resolved(URI target, String reference) {
        try {
            return Optional.of(target.resolve(new URI(reference.strip())));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
