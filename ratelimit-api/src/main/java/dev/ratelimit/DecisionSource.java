package dev.ratelimit;

/** The source of a decision that depends on a shared store's counters. */
public enum DecisionSource {

    /** The store counted the request, or refused it. */
    STORE,

    /** The request took units that this process had already counted in the store. The store was not called. */
    PREFETCHED,

    /**
     * The store is away, and this process granted the request from its own share of the limit:
     * {@link WhenUnavailable#local(double)}.
     */
    LOCAL,

    /** The store is away, and the request was allowed without a limit: {@link WhenUnavailable#allow()}. */
    OPEN,

    /**
     * The store is away, and the request was refused because of that. The key may have permits left, so an HTTP server
     * answers 503 (Service Unavailable) and not 429.
     */
    CLOSED
}
