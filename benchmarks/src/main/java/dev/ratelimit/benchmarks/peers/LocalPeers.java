package dev.ratelimit.benchmarks.peers;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.SynchronizationStrategy;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import java.time.Duration;

/** How the libraries whose limiters are objects of their own are set up. */
final class LocalPeers {

    /** One a nanosecond: what a library without a burst is set to where nothing may be refused. */
    private static final long MORE_THAN_CALLS = 1_000_000_000;

    private LocalPeers() {}

    static UnkeyedLimiter guava(Budget budget) {
        RateLimiter limiter = RateLimiter.create(budget == Budget.NEVER_SPENT ? MORE_THAN_CALLS : budget.perSecond());
        return limiter::tryAcquire;
    }

    static UnkeyedLimiter bucket4j(Budget budget, SynchronizationStrategy strategy) {
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(budget.burst()).refillGreedy(budget.permits(), budget.period()))
                .withNanosecondPrecision()
                .withSynchronizationStrategy(strategy)
                .build();
        return () -> bucket.tryConsume(1);
    }

    static UnkeyedLimiter resilience4j(Budget budget) {
        io.github.resilience4j.ratelimiter.RateLimiter limiter =
                io.github.resilience4j.ratelimiter.RateLimiter.of("limiter", resilience4jConfig(budget));
        return limiter::acquirePermission;
    }

    static KeyedLimiter resilience4jRegistry(Budget budget) {
        RateLimiterRegistry registry = RateLimiterRegistry.of(resilience4jConfig(budget));
        return key -> registry.rateLimiter(key).acquirePermission();
    }

    private static RateLimiterConfig resilience4jConfig(Budget budget) {
        return RateLimiterConfig.custom()
                .limitForPeriod(budget == Budget.NEVER_SPENT ? Integer.MAX_VALUE : Math.toIntExact(budget.permits()))
                .limitRefreshPeriod(budget.period())
                .timeoutDuration(Duration.ZERO)
                .build();
    }

    static UnkeyedLimiter failsafe(Budget budget) {
        long permits = budget == Budget.NEVER_SPENT ? MORE_THAN_CALLS : budget.permits();
        dev.failsafe.RateLimiter<Object> limiter =
                dev.failsafe.RateLimiter.smoothBuilder(permits, budget.period()).build();
        return limiter::tryAcquirePermit;
    }

    static UnkeyedLimiter failsafeBursty(Budget budget) {
        long permits = budget == Budget.NEVER_SPENT ? MORE_THAN_CALLS : budget.permits();
        dev.failsafe.RateLimiter<Object> limiter =
                dev.failsafe.RateLimiter.burstyBuilder(permits, budget.period()).build();
        return limiter::tryAcquirePermit;
    }
}
