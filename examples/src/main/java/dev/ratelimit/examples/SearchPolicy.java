package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;

/** A policy of two rates and a blackout, which is changed while it is in use. */
final class SearchPolicy {

    private final Limiter<String> perClient;

    SearchPolicy(TimeSource time) {
        Policy policy =
                Policy.of("search", Rate.perSecond(10), Rate.perHour(1000)).blackout(Duration.ofSeconds(30));
        perClient = Limiters.builder(policy).timeSource(time).build();
    }

    String search(String client) {
        Decision decision = perClient.decide(client);
        return switch (decision.reason()) {
            case WITHIN_LIMIT -> "200";
            case BLACKOUT -> "429, come back in " + decision.retryAfterSeconds().orElseThrow() + " s";
            default -> "429, over " + decision.rate().orElseThrow() + " of policy " + decision.policy();
        };
    }

    void reconfigure(long perHour) {
        perClient.update(
                Policy.of("search", Rate.perSecond(10), Rate.perHour(perHour)).blackout(Duration.ofSeconds(30)));
    }

    Snapshot support(String client) {
        return perClient.snapshot(client);
    }
}
