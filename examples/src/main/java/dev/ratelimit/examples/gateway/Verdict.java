package dev.ratelimit.examples.gateway;

import dev.ratelimit.http.ServiceLimit;
import java.util.List;

/** What the gateway's limits say to a request. */
public sealed interface Verdict {

    /** Returns the state of the client's limits, for the response. */
    List<ServiceLimit> limits();

    /**
     * The request goes on to the backend.
     *
     * @param limits the state of the client's limits, for the response; empty if there are none
     * @param waitedNanos how long it had to wait its turn
     * @param quotas the state of the client's quotas, for the response
     */
    record Allowed(List<ServiceLimit> limits, long waitedNanos, QuotaFields quotas) implements Verdict {

        /** Creates the verdict of limits alone. */
        Allowed(List<ServiceLimit> limits, long waitedNanos) {
            this(limits, waitedNanos, QuotaFields.NONE);
        }

        /** Creates the verdict of no limit at all. */
        Allowed() {
            this(List.of(), 0);
        }
    }

    /**
     * The request is refused.
     *
     * @param by whose limit refused it
     * @param limits the state of the client's limits, at least one of which refuses
     */
    record Refused(Limit by, List<ServiceLimit> limits) implements Verdict {}

    /** Whose limit it is. */
    enum Limit {
        /** The client's own, which its tier sets. */
        TIER(Outcome.REFUSED_BY_TIER),
        /** The one that protects the node as a whole. */
        NODE(Outcome.REFUSED_BY_NODE),
        /** A quota of the client's, which counts what went on to the backend. */
        QUOTA(Outcome.REFUSED_BY_QUOTA),
        /** The account's, of which one order is taken at a time. */
        ACCOUNT(Outcome.REFUSED_BY_ACCOUNT);

        private final Outcome outcome;

        Limit(Outcome outcome) {
            this.outcome = outcome;
        }

        /** Returns how a refusal by this limit is counted. */
        public Outcome outcome() {
            return outcome;
        }
    }
}
