package dev.ratelimit.examples.gateway;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.address.AddressKey;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.http.ServiceLimit;
import dev.ratelimit.quota.QuotaUnavailableException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What decides whether a client's request goes on to the backend. */
@FunctionalInterface
public interface Admission {

    /**
     * Decides one request, and charges the client for it if it is allowed; a refused one costs nothing. Waits for the
     * request's turn if the client's policy shapes.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the client is not charged
     */
    Verdict allow(Client client) throws InterruptedException;

    /**
     * Counts an allowed request that is about to go on to the backend on its client's quotas: here, there are none.
     *
     * @param allowed what the limits have said
     * @return the same with the state of the client's quotas; or the refusal by a quota, and then nothing was counted
     * @throws QuotaUnavailableException if it cannot be counted
     */
    default Verdict charge(Client client, Verdict.Allowed allowed) {
        return allowed;
    }

    /**
     * Returns whom a request is charged to: here, always its address.
     *
     * @param apiKey the API key that came with it, if one did
     * @param address the address that it came from
     */
    default Client identify(@Nullable String apiKey, InetAddress address) {
        return new Client(Tier.OTHERS, AddressKey.perClient().of(address));
    }

    /** Returns the admission that knows one rate, the same for each client, and no limit of the node. */
    static Admission perClient(Rate rate, TimeSource time) {
        Limiter<Object> limiter =
                Limiters.builder(Policy.of("per-client", rate)).timeSource(time).build();
        return client -> {
            var decision = limiter.decide(client.key());
            var limits = List.of(ServiceLimit.of(decision.policy(), decision));
            return decision.allowed()
                    ? new Verdict.Allowed(limits, 0)
                    : new Verdict.Refused(Verdict.Limit.TIER, limits);
        };
    }
}
