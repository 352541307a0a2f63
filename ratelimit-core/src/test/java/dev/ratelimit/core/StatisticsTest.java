package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Statistics;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Listeners hear of each decision, by policy; a failing one fails no request. */
class StatisticsTest {

    private final ManualTime time = new ManualTime();
    private final Statistics statistics = new Statistics();

    @Test
    void eachDecisionIsCountedOnceByPolicyAndReason() throws InterruptedException {
        Limiter<String> limiter = Limiters.builder(
                        Policy.of("gold", Rate.perSecond(10)).shape(Duration.ofMillis(100)))
                .timeSource(time)
                .listener(statistics)
                .build();
        limiter.tryAcquire("a");
        limiter.tryAcquire("a", 2);
        limiter.decide("a");
        limiter.acquire("a", 6);
        limiter.peek("a");
        limiter.acquireAsync("a");
        limiter.acquireAsync("a");
        time.advance(Duration.ofMillis(100));
        limiter.tryAcquire("a", 11);
        limiter.reserve("b", 1);
        limiter.tryEnter("c");
        Statistics.Counts gold = statistics.counts("gold");
        assertThat(gold.allowed()).isEqualTo(7);
        assertThat(gold.permits()).isEqualTo(13);
        assertThat(gold.shaped()).isEqualTo(1);
        assertThat(gold.waited()).isEqualTo(Duration.ofMillis(100));
        assertThat(gold.refused()).isEqualTo(2);
        assertThat(gold.refusedBy())
                .isEqualTo(Map.of(Decision.Reason.OVER_LIMIT, 1L, Decision.Reason.EXCEEDS_CAPACITY, 1L));
        assertThat(statistics.byPolicy()).containsOnlyKeys("gold");
    }

    @Test
    void evictionsAreCounted() {
        Limiter<Long> limiter = Limiters.builder(Rate.perHour(10))
                .maxKeys(1)
                .timeSource(time)
                .listener(statistics)
                .build();
        for (long key = 1; key <= 100; key++) {
            limiter.tryAcquire(key);
        }
        assertThat(statistics.evictions()).isEqualTo(limiter.evictedInDebt()).isGreaterThan(80);
    }

    @Test
    void aFailingListenerFailsNoRequest() {
        LimiterListener failing = new LimiterListener() {
            @Override
            public void allowed(String policy, long permits, long delayNanos) {
                throw new IllegalStateException("allowed");
            }

            @Override
            public void refused(String policy, long permits, Decision.Reason reason) {
                throw new IllegalStateException("refused");
            }

            @Override
            public void evicted() {
                throw new IllegalStateException("evicted");
            }
        };
        Limiter<Long> limiter = Limiters.builder(Rate.perHour(1))
                .maxKeys(1)
                .timeSource(time)
                .listener(failing)
                .build();
        for (long key = 1; key <= 100; key++) {
            assertThat(limiter.tryAcquire(key)).isTrue();
            assertThat(limiter.tryAcquire(key)).isFalse();
        }
    }
}
