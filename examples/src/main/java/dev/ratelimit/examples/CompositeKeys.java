package dev.ratelimit.examples;

import dev.ratelimit.Key;
import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** Keys of several parts: ten searches a minute for each user of each tenant, and as many exports. */
final class CompositeKeys {

    /** What a user may do. */
    enum Operation {
        SEARCH,
        EXPORT
    }

    private final Limiter<Key> perOperation;

    CompositeKeys(TimeSource time) {
        perOperation = Limiters.builder(Rate.perMinute(10)).timeSource(time).build();
    }

    boolean allows(String tenant, String user, Operation operation) {
        // Not tenant + user: "a" + "bc" would be the same key as "ab" + "c".
        return perOperation.tryAcquire(Key.of(tenant, user, operation));
    }
}
