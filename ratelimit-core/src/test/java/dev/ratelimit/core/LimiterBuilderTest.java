package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.ClusterShare;
import dev.ratelimit.Decision;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What each setting of a builder does, and what holds without it; bad settings are {@link BadInputTest}'s. */
class LimiterBuilderTest {

    private static final Policy SHAPED = Policy.of("p", Rate.perSecond(10)).shape(Duration.ofSeconds(5));

    private final ManualTime time = new ManualTime();

    private static int newKeysAllowed(Limiter<Integer> limiter) {
        int allowed = 0;
        for (int key = 0; key < 100; key++) {
            allowed += limiter.tryAcquire(key) ? 1 : 0;
        }
        return allowed;
    }

    /** Whether a further call waits; otherwise it is refused, because too many wait. */
    private static boolean waits(Limiter<String> limiter, String key) {
        CompletableFuture<Decision> call = limiter.acquireAsync(key, 10).toCompletableFuture();
        if (call.isDone()) {
            assertThat(call.join().reason()).isEqualTo(Decision.Reason.TOO_MANY_WAITING);
        }
        return !call.isDone();
    }

    @Test
    void aTableHasACellForEachRateAndForABlackout() {
        Policy three = Policy.of("p", Rate.perSecond(10), Rate.perMinute(100)).blackout(Duration.ofSeconds(1));
        Limiter<String> limiter =
                Limiters.builder(three).maxKeys(10).timeSource(time).build();
        limiter.tryAcquire("k");
        assertThat(limiter.gauges().saturation()).isEqualTo(2.0 / 30);
        Limiter<String> byDefault =
                Limiters.builder(Rate.perSecond(10)).timeSource(time).build();
        byDefault.tryAcquire("k");
        assertThat(byDefault.gauges().saturation()).isEqualTo(1.0 / LimiterBuilder.DEFAULT_MAX_KEYS);
    }

    @Test
    void aSaturatedTableForgetsByDefaultAndRefusesIfItIsTold() {
        LimiterBuilder<Object> builder =
                Limiters.builder(Rate.perHour(1)).maxKeys(1).timeSource(time);
        assertThat(newKeysAllowed(builder.build())).isEqualTo(100);
        Limiter<Integer> denying = builder.whenSaturated(WhenSaturated.DENY).build();
        assertThat(newKeysAllowed(denying)).isEqualTo(8);
        assertThat(denying.decide(99).reason()).isEqualTo(Decision.Reason.SATURATED);
    }

    @Test
    void waitingCallsAreBoundedInAllAndForEachKey() {
        LimiterBuilder<Object> builder = Limiters.builder(SHAPED).timeSource(time);
        Limiter<String> two = builder.maxWaiters(2).build();
        Limiter<String> onePerKey = builder.maxWaitersPerKey(1).build();
        for (Limiter<String> limiter : List.of(two, onePerKey)) {
            limiter.tryAcquire("a", 10);
            limiter.tryAcquire("b", 10);
            assertThat(waits(limiter, "a")).isTrue();
        }
        assertThat(waits(two, "a")).isTrue();
        assertThat(waits(two, "b")).isFalse();
        assertThat(waits(onePerKey, "a")).isFalse();
        assertThat(waits(onePerKey, "b")).isTrue();
    }

    @Test
    void limitersOfOneBuilderShareNothing() {
        LimiterBuilder<Object> builder =
                Limiters.builder(SHAPED).timeSource(time).maxWaiters(1);
        Limiter<String> first = builder.build();
        Limiter<String> second = builder.build();
        first.tryAcquire("k", 10);
        assertThat(waits(first, "k")).isTrue();
        assertThat(waits(first, "k")).isFalse();
        assertThat(second.tryAcquire("k", 10)).isTrue();
        assertThat(waits(second, "k")).isTrue();
        first.update(Policy.of("other", Rate.perSecond(3)));
        assertThat(second.policy("k")).isEqualTo(SHAPED);
    }

    @Test
    void aShareDividesThePolicyAndAResolverDividesItsOwn() {
        Limiter<String> half = Limiters.builder(Rate.perSecond(10))
                .clusterShare(ClusterShare.fixed(2))
                .timeSource(time)
                .build();
        assertThat(half.peek("k").remaining()).isEqualTo(5);
        LimiterBuilder<String> tiered = Limiters.builder(Tiers.of(key -> SHAPED, Policy.blocked()));
        assertThatThrownBy(() -> tiered.clusterShare(ClusterShare.fixed(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the policies come from a resolver: let it divide them, with Policy.dividedBy(nodes)");
        assertThat(tiered.build().policy("k")).isEqualTo(SHAPED);
    }
}
