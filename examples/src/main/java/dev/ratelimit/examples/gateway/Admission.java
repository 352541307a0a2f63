package dev.ratelimit.examples.gateway;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** What decides whether a client's request goes on to the backend. */
@FunctionalInterface
interface Admission {

    /** Decides one request, and charges the client for it if it is admitted; a refused one costs nothing. */
    Verdict admit(Client client);

    /** Returns the admission that knows one rate, the same for each client, and no limit of the node. */
    static Admission perClient(Rate rate, TimeSource time) {
        Limiter<String> limiter = Limiters.builder(rate).timeSource(time).build();
        return client -> {
            var decision = limiter.decide(client.key());
            return decision.allowed() ? new Verdict.Admitted() : new Verdict.Refused(Verdict.Limit.TIER, decision);
        };
    }
}
