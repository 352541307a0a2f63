package dev.ratelimit.examples.gateway;

/** What became of a request; each has exactly one. */
enum Outcome {
    /** The backend answered it, whatever it said. */
    ADMITTED,
    /** The client's own limit refused it. */
    REFUSED_BY_TIER,
    /** The node's limit refused it. */
    REFUSED_BY_NODE,
    /** A quota of the client's was used up. */
    REFUSED_BY_QUOTA,
    /** Another order of the same account was in progress. */
    REFUSED_BY_ACCOUNT,
    /** It was admitted, and then no whole answer of the backend came back, or it was no request to pass on. */
    ERROR
}
