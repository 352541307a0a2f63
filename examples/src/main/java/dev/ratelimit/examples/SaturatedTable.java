package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.Limiters;

/** Two limiters for few keys, and what they do when more than that are in debt at once. */
final class SaturatedTable {

    private final Limiter<Long> evicting;
    private final Limiter<Long> denying;

    SaturatedTable(TimeSource time) {
        Rate rate = Rate.perMinute(10);
        evicting = Limiters.builder(rate).maxKeys(1_000).timeSource(time).build();
        denying = Limiters.builder(rate)
                .maxKeys(1_000)
                .whenSaturated(WhenSaturated.DENY)
                .timeSource(time)
                .build();
    }

    /** Lets new keys come; returns how many were allowed. */
    static long flood(Limiter<Long> limiter, long keys) {
        long allowed = 0;
        for (long key = 0; key < keys; key++) {
            if (limiter.tryAcquire(key)) {
                allowed++;
            }
        }
        return allowed;
    }

    Limiter<Long> evicting() {
        return evicting;
    }

    Limiter<Long> denying() {
        return denying;
    }

    /** What to watch in production: other than zero, it asks for a larger {@code maxKeys}. */
    long forgottenDebts() {
        return evicting.evictedInDebt();
    }
}
