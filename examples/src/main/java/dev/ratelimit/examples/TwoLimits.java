package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A limit for each user, and one for the node as a whole: a refused user must not drain what all share. */
final class TwoLimits {

    private final Limiter<String> perUser;
    private final SingleLimiter node;

    TwoLimits(TimeSource time) {
        perUser = Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
        node = Limiters.single(Rate.perSecond(25), time);
    }

    boolean allows(String userId) {
        if (!perUser.tryAcquire(userId)) return false;
        if (node.tryAcquire()) return true;
        perUser.refund(userId, 1);
        return false;
    }

    long remaining(String userId) {
        return perUser.peek(userId).remaining();
    }
}
