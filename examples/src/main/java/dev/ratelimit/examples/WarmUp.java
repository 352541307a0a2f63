package dev.ratelimit.examples;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;

/** A limit that lets a service warm up after it was deployed. */
final class WarmUp {

    private final Limiter<String> perClient;

    WarmUp(TimeSource time) {
        Rate rate = Rate.perSecond(10).burst(100).initially(0);
        perClient = Limiters.builder(rate).timeSource(time).build();
    }

    boolean allows(String client, int requests) {
        return perClient.tryAcquire(client, requests);
    }
}
