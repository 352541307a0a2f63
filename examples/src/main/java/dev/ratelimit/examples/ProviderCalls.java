package dev.ratelimit.examples;

import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;

/** Calls to a provider that cuts off whom it counts more than a hundred calls of in any sixty seconds. */
final class ProviderCalls {

    private final SingleLimiter provider;

    ProviderCalls(TimeSource time) {
        Rate rate = Rate.atMost(100, Duration.ofMinutes(1));
        provider = Limiters.single(rate, time);
    }

    boolean mayCall() {
        return provider.tryAcquire();
    }
}
