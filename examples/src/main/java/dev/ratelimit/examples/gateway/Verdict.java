package dev.ratelimit.examples.gateway;

import dev.ratelimit.Decision;

/** What the gateway's limits say to a request. */
sealed interface Verdict {

    /** The request goes on to the backend. */
    record Admitted() implements Verdict {}

    /**
     * The request is refused.
     *
     * @param by whose limit refused it
     * @param decision what that limit said
     */
    record Refused(Limit by, Decision decision) implements Verdict {}

    /** Whose limit it is. */
    enum Limit {
        /** The client's own, which its tier sets. */
        TIER,
        /** The one that protects the node as a whole. */
        NODE
    }
}
