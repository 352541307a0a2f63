package dev.ratelimit.examples;

import dev.ratelimit.Decision;
import dev.ratelimit.Key;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A limit for each user, one for each tenant and one for the node, decided together. */
final class FairShares {

    record Call(String tenant, String user) {}

    private final SingleLimiter node;
    private final Limit<Call> limit;

    FairShares(TimeSource time) {
        node = Limiters.single(Rate.perSecond(1000), time);
        Limiter<String> perTenant = Limiters.builder(Policy.of("tenant", Rate.perSecond(20)))
                .timeSource(time)
                .build();
        Limiter<Key> perUser = Limiters.builder(Policy.of("user", Rate.perSecond(5), Rate.perHour(3600)))
                .timeSource(time)
                .build();

        limit = Limiters.all(
                perUser.by(call -> Key.of(call.tenant(), call.user())),
                perTenant.by(Call::tenant),
                node.forAll("node"));
    }

    String answer(Call call) {
        Decision decision = limit.decide(call);
        if (decision.allowed()) return "200";
        return decision.policy().equals("node") ? "503" : "429, over the limit of the " + decision.policy();
    }

    String download(Call call, long megabytes, boolean isCached) {
        if (!limit.tryAcquire(call, megabytes)) return "429";
        if (isCached) limit.refund(call, megabytes);
        return "200";
    }

    long nodeHasLeft() {
        return node.peek().remaining();
    }
}
