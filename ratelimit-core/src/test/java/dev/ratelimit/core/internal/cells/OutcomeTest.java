package dev.ratelimit.core.internal.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the one word of an outcome says, and the decision that is made of it. */
class OutcomeTest {

    private static final Rate RATE = Rate.perSecond(10);

    private final Gcra gcra = new Gcra(RATE);

    @Test
    void aDebtIsAllowedAndADistanceIsNot() {
        assertThat(Outcome.isAllowed(0)).isTrue();
        assertThat(Outcome.isAllowed(gcra.full())).isTrue();
        assertThat(Outcome.isAllowed(-1L << Cell.SHIFT)).isFalse();
        assertThat(Outcome.isSaturated(-1L << Cell.SHIFT)).isFalse();
    }

    @Test
    void aKeyWithoutAPlaceIsRefused() {
        assertThat(Outcome.isSaturated(Outcome.SATURATED)).isTrue();
        assertThat(Outcome.isAllowed(Outcome.SATURATED)).isFalse();
    }

    @Test
    void anAllowedRequestIsToldTheRestAfterIt() {
        Decision decision = Outcome.decision(gcra, gcra.cost(3), 3);
        assertThat(decision.allowed()).isTrue();
        assertThat(decision.rate()).contains(RATE);
        assertThat(decision.remaining()).isEqualTo(7);
        assertThat(decision.resetAfter()).isEqualTo(Duration.ofMillis(300));
    }

    /** Nine are owed, and four are asked for: three have to come first. */
    @Test
    void aRefusedRequestIsToldWhatIsLeftAndWhenItsPermitsAreThere() {
        Decision decision = Outcome.decision(gcra, -gcra.cost(3), 4);
        assertThat(decision.reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(decision.remaining()).isEqualTo(1);
        assertThat(decision.retryAfter()).isEqualTo(Duration.ofMillis(300));
        assertThat(decision.resetAfter()).isEqualTo(Duration.ofMillis(900));
    }

    @Test
    void aForeseenRequestIsToldTheRestBeforeIt() {
        Decision allowed = Outcome.foreseen(gcra, gcra.cost(9), 1);
        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.remaining()).isEqualTo(1);
        Decision refused = Outcome.foreseen(gcra, gcra.cost(9), 2);
        assertThat(refused.reason()).isEqualTo(Decision.Reason.OVER_LIMIT);
        assertThat(refused.remaining()).isEqualTo(1);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void moreThanTheCapacityIsForeseenToBeRefusedForEver() {
        Decision never = Outcome.foreseen(gcra, gcra.cost(4), 11);
        assertThat(never.reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(never.remaining()).isEqualTo(6);
        assertThat(never.resetAfter()).isEqualTo(Duration.ofMillis(400));
        assertThat(Outcome.foreseen(gcra, 0, 10).allowed()).isTrue();
    }
}
