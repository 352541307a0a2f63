package dev.ratelimit.examples;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Statistics;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.Limiters;
import java.time.Duration;

/** A limit without a key: a node as a whole, at 1,000 requests a second, the others queued for up to two seconds. */
final class WholeNode {

    private static final int OK = 200;
    private static final int SERVICE_BUSY = 503;

    private final Statistics statistics = new Statistics();
    private final SingleLimiter node;

    /** The node's limiter as it is used in production. */
    WholeNode() {
        SingleLimiter node =
                Limiters.single(Policy.of("node", Rate.perSecond(1000)).shape(Duration.ofSeconds(2)));
        this.node = node;
    }

    WholeNode(Policy policy, TimeSource time) {
        node = Limiters.singleBuilder(policy)
                .timeSource(time)
                .maxWaiters(100)
                .listener(statistics)
                .build();
    }

    int handle() throws InterruptedException {
        if (!node.acquire()) return serviceBusy();
        return OK;
    }

    /** The operator changes the limit while it is in use. */
    void reconfigure(int perSecond) {
        node.update(Policy.of("node", Rate.perSecond(perSecond), Rate.perMinute(30_000))
                .shape(Duration.ofSeconds(2)));
    }

    Policy policy() {
        return node.policy();
    }

    long refused() {
        return statistics.counts("node").refused();
    }

    private static int serviceBusy() {
        return SERVICE_BUSY;
    }
}
