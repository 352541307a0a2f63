package dev.ratelimit.core.issues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.PolicyFallback;
import dev.ratelimit.Rate;
import dev.ratelimit.Tiers;
import dev.ratelimit.core.Limiters;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tiers of ever other rates: only those that keys have at a time are counted. */
class ManyTiersTest {

    private static final Duration AGE = Duration.ofSeconds(4);

    private final ManualTime time = new ManualTime(9);
    private final Map<String, Policy> directory = new HashMap<>();
    private final List<PolicyFallback> fallbacks = new ArrayList<>();

    private final Limiter<String> limiter = Limiters.builder(
                    Tiers.of(this::resolve, Policy.of("default", Rate.perSecond(1)))
                            .maxAge(AGE)
                            .onFallback(fallbacks::add))
            .timeSource(time)
            .build();

    private Policy resolve(String key) {
        return Objects.requireNonNull(directory.get(key));
    }

    private static Policy policy(int number) {
        return Policy.of(
                "policy",
                Rate.of(1, Duration.ofHours(1).plusSeconds(number)).burst(2_000),
                Rate.of(1, Duration.ofHours(2).plusSeconds(number)).burst(1_500));
    }

    @Test
    void anyNumberOfAnswersInTheCourseOfTime() {
        directory.put("steady", policy(0));
        assertThat(limiter.tryAcquire("steady", 1_000)).isTrue();
        for (int change = 1; change <= 1_000; change++) {
            directory.put("changing", policy(change));
            assertThat(limiter.tryAcquire("changing")).isTrue();
            directory.put("once " + change, policy(change));
            assertThat(limiter.tryAcquire("once " + change)).isTrue();
            time.advance(AGE);
        }
        assertThat(fallbacks).isEmpty();
        assertThat(limiter.snapshot("changing").budgets())
                .as("a permit for each, of which at most one or two have come back in little more than an hour")
                .satisfies(budgets -> {
                    assertThat(budgets.get(0).debt()).isBetween(998L, 1_000L);
                    assertThat(budgets.get(1).debt()).isBetween(998L, 1_000L);
                });
        assertThat(limiter.snapshot("steady").budgets().get(0).debt()).isBetween(999L, 1_000L);
    }

    @Test
    void onlyMoreThanSixtyAtOnceAreAFailureAndOnlyAsLongAsTheyAre() {
        directory.put("shared", policy(0));
        limiter.tryAcquire("shared");
        for (int key = 1; key < 29; key++) {
            directory.put("key " + key, policy(key));
            assertThat(limiter.policy("key " + key)).isEqualTo(policy(key));
        }
        assertThat(fallbacks).isEmpty();
        directory.put("late", policy(29));
        limiter.policy("late");
        assertThat(limiter.policy("late")).as("59 and two more").isNotEqualTo(policy(29));
        assertThat(fallbacks).hasSize(1);
        assertThat(fallbacks.get(0).cause()).hasMessageContaining("more than 60 different rates");
        time.advance(Duration.ofMinutes(1));
        assertThat(limiter.policy("late")).isEqualTo(policy(29));
        assertThat(fallbacks).hasSize(1);
    }
}
