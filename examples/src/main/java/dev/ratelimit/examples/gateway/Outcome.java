package dev.ratelimit.examples.gateway;

/** The result of a request; each has exactly one. */
public enum Outcome {
    /** The backend answered it, whatever it said. */
    ALLOWED,
    /** It was allowed, and the cache answered it: the backend was not asked. */
    FROM_CACHE,
    /** The client's own limit refused it. */
    REFUSED_BY_TIER,
    /** The node's limit refused it. */
    REFUSED_BY_NODE,
    /** A quota of the client's was used up. */
    REFUSED_BY_QUOTA,
    /** Another order of the same account was in progress. */
    REFUSED_BY_ACCOUNT,
    /** It was allowed, and then no whole answer of the backend came back, or it was no request to pass on. */
    ERROR;

    /** Returns whether the limits let the request pass, and it was answered. */
    public boolean isAnswered() {
        return this == ALLOWED || this == FROM_CACHE;
    }
}
