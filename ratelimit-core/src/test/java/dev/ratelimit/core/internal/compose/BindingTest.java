package dev.ratelimit.core.internal.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.compose.Binding.Side;
import org.junit.jupiter.api.Test;

/** What a caller is shown of a limit's decision, on each side. */
class BindingTest {

    private static final Rate RATE = Rate.perSecond(10);
    private static final Decision ALLOWED = Decision.allowed(RATE, 3, 700).withPolicy("p");
    private static final Decision REFUSED =
            Decision.refused(Decision.Reason.OVER_LIMIT, RATE, 2, 100, 900).withPolicy("p");

    @Test
    void anEnforcedDecisionStands() {
        assertThat(Side.ENFORCED.shown(ALLOWED)).isSameAs(ALLOWED);
        assertThat(Side.ENFORCED.shown(REFUSED)).isSameAs(REFUSED);
    }

    @Test
    void anObservedRefusalIsShownAsAllowedWithTheFiguresOfTheLimit() {
        assertThat(Side.OBSERVED.shown(ALLOWED)).isSameAs(ALLOWED);
        Decision shown = Side.OBSERVED.shown(REFUSED);
        assertThat(shown.allowed()).isTrue();
        assertThat(shown.rate()).contains(RATE);
        assertThat(shown.remaining()).isEqualTo(2);
        assertThat(shown.resetAfterNanos()).isEqualTo(900);
        assertThat(shown.policy()).isEqualTo("p");
    }

    @Test
    void anObservedRefusalWithoutARateIsShownAsUnlimited() {
        Decision shown = Side.OBSERVED.shown(Decision.blackout(500).withPolicy("p"));
        assertThat(shown.allowed()).isTrue();
        assertThat(shown.rate()).isEmpty();
        assertThat(shown.remaining()).isEqualTo(Decision.unlimited().remaining());
        assertThat(shown.policy()).isEqualTo("p");
    }

    @Test
    void aLimitThatIsNoTrialBindsEveryKey() {
        assertThat(Binding.<String>always().side("any")).isEqualTo(Side.ENFORCED);
    }
}
