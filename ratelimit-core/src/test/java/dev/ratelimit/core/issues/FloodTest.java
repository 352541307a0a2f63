package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.ExactBucket;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fifty million distinct keys through a table of 100,000, ten million a second, while one heavy key keeps asking.
 *
 * <p>The rule: a key in debt is forgotten only for a new key that finds sixteen keys in debt in its two sets, none of which
 * owes less. Each key of the flood owes one permit when it comes, and less every moment after; the heavy key, which asks a
 * thousand times as often as its limit allows, owes more than its capacity less one. So the number of permits that it may
 * get beyond its limit is 0: what it is allowed is what an exact bucket of its own would allow. {@code FloodIT} measures the
 * heap.
 */
class FloodTest {

    private static final long KEYS = 50_000_000;
    private static final long NANOS_BETWEEN = 100;

    @ParameterizedTest
    @EnumSource(WhenSaturated.class)
    void theHeavyKeyGainsNothing(WhenSaturated whenSaturated) {
        ManualTime time = new ManualTime();
        Rate rate = Rate.perSecond(10);
        Limiter<Object> limiter = Limiters.builder(rate)
                .maxKeys(100_000)
                .whenSaturated(whenSaturated)
                .timeSource(time)
                .build();
        ExactBucket model = new ExactBucket(rate);
        long heavy = 0;
        long exact = 0;
        for (long i = 0; i < KEYS; i++) {
            limiter.tryAcquire(i);
            if (i % 1_000 == 0) {
                heavy += limiter.tryAcquire("heavy") ? 1 : 0;
                exact += model.take(time.nanos(), 1) ? 1 : 0;
            }
            time.advanceNanos(NANOS_BETWEEN);
        }
        assertThat(time.nanos()).isEqualTo(5_000_000_000L);
        assertThat(heavy).isEqualTo(exact).isEqualTo(59);
        if (whenSaturated == WhenSaturated.EVICT) {
            assertThat(limiter.evictedInDebt()).isPositive();
        } else {
            assertThat(limiter.evictedInDebt()).isZero();
        }
    }
}
