package dev.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Decision;
import dev.ratelimit.Limit;
import dev.ratelimit.Limiter;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.ShadowLimit;
import dev.ratelimit.SingleLimiter;
import dev.ratelimit.Tiers;
import dev.ratelimit.testing.ManualTime;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each factory gives the kind of limiter that it names, and says what is wrong with its arguments. */
class LimitersTest {

    private static final Rate RATE = Rate.perHour(10);
    private static final Policy GOLD = Policy.of("gold", Rate.perHour(20));

    private final Limiter<String> limiter = Limiters.perKey(RATE);

    @Test
    void aRateAloneIsTheDefaultPolicy() {
        Policy byDefault = Policy.of(Decision.DEFAULT_POLICY, RATE);
        assertThat(limiter.policy("k")).isEqualTo(byDefault);
        assertThat(Limiters.builder(RATE).<String>build().policy("k")).isEqualTo(byDefault);
        assertThat(Limiters.single(RATE).policy()).isEqualTo(byDefault);
        assertThat(Limiters.singleBuilder(RATE).build().policy()).isEqualTo(byDefault);
    }

    @Test
    void aPolicyIsThatOfAllKeysAndTiersAreThoseOfEach() {
        assertThat(Limiters.<String>perKey(GOLD).policy("k")).isEqualTo(GOLD);
        assertThat(Limiters.single(GOLD).policy()).isEqualTo(GOLD);
        Limiter<String> tiered = Limiters.perKey(Tiers.of(key -> key.equals("a") ? GOLD : Policy.blocked(), GOLD));
        assertThat(tiered.tryAcquire("a")).isTrue();
        assertThat(tiered.tryAcquire("b")).isFalse();
    }

    @Test
    void aLimiterWithoutAKeyHasOneBudgetOnItsTimeSource() {
        ManualTime time = new ManualTime();
        SingleLimiter single = Limiters.single(RATE, time);
        assertThat(single.tryAcquire(10)).isTrue();
        assertThat(single.tryAcquire()).isFalse();
        time.advance(RATE.period().dividedBy(10));
        assertThat(single.tryAcquire()).isTrue();
    }

    @Test
    void aCompositionAsksItsLimitsInTheirOrder() {
        Limit<String> both = Limiters.all(limiter, Limiters.<String>perKey(GOLD));
        assertThat(both.decide("k", 3).policy()).isEqualTo(Decision.DEFAULT_POLICY);
        assertThat(both).hasToString("All[" + limiter + ", Limiter[" + GOLD + " per key]]");
    }

    @Test
    @SuppressWarnings({"NullAway", "unchecked"})
    void aCompositionIsOfOneToEightLimits() {
        for (int wrong : new int[] {0, 9}) {
            Limit<String>[] limits = Collections.nCopies(wrong, limiter).toArray(Limit[]::new);
            assertThatThrownBy(() -> Limiters.all(limits))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a composition is of 1 to 8 limits, but was given " + wrong + "; more can be nested");
        }
        assertThatThrownBy(() -> Limiters.all(limiter, null)).hasMessage("limit 2");
        Limit<String>[] eight = Collections.nCopies(8, limiter).toArray(Limit[]::new);
        assertThat(Limiters.all(eight).tryAcquire("k")).isTrue();
        assertThat(limiter.peek("k").remaining()).isEqualTo(2);
    }

    private static List<Boolean> sides(ShadowLimit<String> shadow) {
        shadow.enforce(50);
        return IntStream.range(0, 200)
                .mapToObj(key -> shadow.enforces("key " + key))
                .toList();
    }

    @Test
    void sidesOfAShadowFollowFromTheSecretOrFromADrawnOne() {
        List<Boolean> sides = sides(Limiters.shadow(limiter, Function.identity(), "secret"));
        assertThat(sides(Limiters.shadow(Limiters.perKey(GOLD), Function.identity(), "secret")))
                .isEqualTo(sides);
        assertThat(sides(Limiters.shadow(limiter, Function.identity(), "other")))
                .isNotEqualTo(sides);
        assertThat(sides(Limiters.shadow(limiter))).isNotEqualTo(sides(Limiters.shadow(limiter)));
        assertThat(sides(Limiters.shadow(limiter, key -> "one")).stream().distinct())
                .hasSize(1);
    }

    @Test
    void anEmptySecretIsAnError() {
        assertThatThrownBy(() -> Limiters.shadow(limiter, Function.identity(), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the secret must not be empty; to have one drawn, leave it out");
    }
}
