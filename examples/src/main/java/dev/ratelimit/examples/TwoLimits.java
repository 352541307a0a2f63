package dev.ratelimit.examples;

import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A limit for each user, and one for the node as a whole: a refused user must not drain what all share. */
final class TwoLimits {

    private final Limiter<String> perUser;
    private final Limit<String> limit;

    TwoLimits(TimeSource time) {
        perUser = Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
        SingleLimiter node = Limiters.single(Rate.perSecond(25), time);
        limit = Limiters.all(perUser, node.forAll("node"));
    }

    boolean allows(String userId) {
        return limit.tryAcquire(userId);
    }

    long remaining(String userId) {
        return perUser.peek(userId).remaining();
    }
}
