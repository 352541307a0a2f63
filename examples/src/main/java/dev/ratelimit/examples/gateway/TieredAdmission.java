package dev.ratelimit.examples.gateway;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The admission by two limits: the client's own, which its tier sets, and then that of the node as a whole.
 *
 * <p>The client's own limit is asked first. A client that runs amok is stopped there, and takes nothing of what the
 * others share. If the node then refuses, the client gets back what its tier had given, so that a refused request has
 * cost it nothing.
 */
final class TieredAdmission implements Admission {

    private static final Verdict ADMITTED = new Verdict.Admitted();

    private final Map<Tier, Limiter<String>> tiers = new EnumMap<>(Tier.class);
    private final SingleLimiter node;

    TieredAdmission(Rate nodeRate, TimeSource time) {
        for (Tier tier : Tier.values()) {
            tiers.put(tier, Limiters.builder(tier.rate()).timeSource(time).build());
        }
        node = Limiters.single(nodeRate, time);
    }

    @Override
    public Verdict admit(Client client) {
        Limiter<String> tier = limiterOf(client.tier());
        Decision own = tier.decide(client.key());
        if (!own.allowed()) {
            return new Verdict.Refused(Verdict.Limit.TIER, own);
        }
        Decision shared = node.decide();
        if (!shared.allowed()) {
            tier.refund(client.key(), 1);
            return new Verdict.Refused(Verdict.Limit.NODE, shared);
        }
        return ADMITTED;
    }

    /** Returns the permits that a client has left. */
    long remaining(Client client) {
        return limiterOf(client.tier()).peek(client.key()).remaining();
    }

    private Limiter<String> limiterOf(Tier tier) {
        return Objects.requireNonNull(tiers.get(tier));
    }
}
