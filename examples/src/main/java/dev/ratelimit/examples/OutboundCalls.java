package dev.ratelimit.examples;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Calls of a remote API that wait until the remote's limit allows them, up to two seconds. */
final class OutboundCalls {

    private final SingleLimiter remote;

    OutboundCalls(TimeSource time) {
        Policy contract = Policy.of("remote", Rate.perSecond(10).burst(2), Rate.perHour(5_000))
                .shape(Duration.ofSeconds(2));
        remote = Limiters.singleBuilder(contract)
                .timeSource(time)
                .maxWaiters(100)
                .build();
    }

    String call(Callable<String> request) throws Exception {
        if (!remote.acquire(1, Duration.ofMillis(500))) return "busy: try again later";
        return request.call();
    }

    void contractChanged(long perSecond) {
        remote.update(Policy.of("remote", Rate.perSecond(perSecond), Rate.perHour(5_000))
                .shape(Duration.ofSeconds(2)));
    }
}
