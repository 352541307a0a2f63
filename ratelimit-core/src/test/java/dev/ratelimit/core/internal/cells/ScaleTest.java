package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratelimit.Rate;
import org.junit.jupiter.api.Test;

/** A scale counts its claims, and tells which rates share its number. */
class ScaleTest {

    private static final Rate RATE = Rate.perSecond(10);

    private final Scale scale = scale(RATE, 5, 1);

    private static Scale scale(Rate rate, int number, int index) {
        return new Scale(rate, Units.of(rate), number, index);
    }

    private Gcra claim(Rate rate) {
        return scale.claim(rate, Units.of(rate), 0, 0);
    }

    @Test
    void aScaleIsClaimedUntilTheLastClaimIsReleasedOnce() {
        assertThat(scale.isClaimed()).isFalse();
        Gcra first = claim(RATE);
        Gcra second = claim(RATE);
        scale.release(first);
        scale.release(first);
        assertThat(scale.isClaimed()).as("the second is in force").isTrue();
        assertThat(first.isInForce()).isFalse();
        assertThat(second.isInForce()).isTrue();
        scale.release(second);
        assertThat(scale.isClaimed()).isFalse();
    }

    @Test
    void aClaimCountsInTheNumberOfTheScaleWithItsOwnCapacity() {
        Gcra wide = claim(RATE.burst(40));
        assertThat(wide.number()).isEqualTo(scale.number()).isEqualTo(5);
        assertThat(wide.scale()).isSameAs(scale);
        assertThat(wide.full()).isEqualTo(4 * scale.gcra().full());
        assertThat(wide.cost(1)).isEqualTo(scale.gcra().cost(1));
    }

    @Test
    void aClaimKnowsWhenItsLimiterWasBuilt() {
        Rate half = RATE.initially(5);
        Gcra claimed = scale.claim(half, Units.of(half), 0, 77);
        assertThat(claimed.startDebt(77)).isEqualTo(claimed.cost(5));
    }

    @Test
    void equalUnitsAtTheSameIndexShareAScaleWhateverTheirCapacity() {
        assertThat(scale.isFor(Units.of(RATE.burst(40)), 1)).isTrue();
        assertThat(scale.isFor(Units.of(Rate.perMinute(600)), 1)).isTrue();
        assertThat(scale.isFor(Units.of(RATE), 0)).isFalse();
        assertThat(scale.isFor(Units.of(Rate.perSecond(11)), 1)).isFalse();
        assertThat(scale.isFor(Units.of(Rate.perSecond(30)), 1)).isFalse();
    }

    @Test
    void speedsAreComparedInPermits() {
        assertThat(scale(Rate.perSecond(1000), 1, 0).timesAsFastAs(scale)).isEqualTo(100);
        assertThat(scale.timesAsFastAs(scale(Rate.perSecond(30), 2, 0))).isCloseTo(1.0 / 3, within(1e-12));
    }
}
