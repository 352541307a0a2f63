package dev.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private final Rate rate = Rate.perSecond(5);

    @Test
    void allowed() {
        Decision decision = Decision.allowed(rate, 3, 400);
        assertThat(decision.allowed()).isTrue();
        assertThat(decision.retryAfter()).isZero();
        assertThat(decision.resetAfter()).isEqualTo(Duration.ofNanos(400));
        assertThat(decision.rate()).containsSame(rate);
        assertThat(decision).hasToString("allowed, 3 of 5 left, full after PT0.0000004S");
    }

    @Test
    void refused() {
        Decision decision = Decision.refused(Decision.Reason.OVER_LIMIT, rate, 0, 1_000_000_000, 2_000_000_000);
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(decision).hasToString("refused (over limit), 0 of 5 left, retry after PT1S");
        assertThat(Decision.refused(Decision.Reason.SATURATED, rate, 5, 7, 0))
                .hasToString("refused (no place for a new key), retry after PT0.000000007S");
    }

    @Test
    void never() {
        Decision decision = Decision.exceedsCapacity(rate, 5, 0);
        assertThat(decision.reason()).isEqualTo(Decision.Reason.EXCEEDS_CAPACITY);
        assertThat(decision.retryAfter()).isEqualTo(Decision.NEVER);
        assertThat(decision.retryAfterNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRefusalNeedsAReasonThatPasses() {
        assertThatThrownBy(() -> Decision.refused(Decision.Reason.WITHIN_LIMIT, rate, 0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void retryAfterInWholeSecondsIsRoundedUp() {
        assertThat(refusedFor(1).retryAfterSeconds()).hasValue(1);
        assertThat(refusedFor(1_000_000_000).retryAfterSeconds()).hasValue(1);
        assertThat(refusedFor(1_000_000_001).retryAfterSeconds()).hasValue(2);
        assertThat(refusedFor(Long.MAX_VALUE - 1).retryAfterSeconds()).hasValue(9_223_372_037L);
        assertThat(Decision.tooManyConcurrent().retryAfterSeconds())
                .as("at once, but not in a loop")
                .hasValue(1);
        assertThat(Decision.allowed(rate, 3, 400).retryAfterSeconds()).hasValue(0);
        assertThat(Decision.blocked().retryAfterSeconds()).isEmpty();
        assertThat(Decision.exceedsCapacity(rate, 5, 0).retryAfterSeconds()).isEmpty();
    }

    private Decision refusedFor(long nanos) {
        return Decision.refused(Decision.Reason.OVER_LIMIT, rate, 0, nanos, nanos);
    }
}
