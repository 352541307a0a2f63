package dev.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The examples of the guide do what the guide says. */
class GuideExamplesTest {

    private final ManualTime time = new ManualTime();

    @Test
    void answersSayWhatIsLeftAndWhenToComeAgain() {
        Answers answers = new Answers(time);
        assertThat(answers.answer("ada", 4)).isEqualTo("200, 1 left");
        assertThat(answers.answer("ada", 3)).isEqualTo("429, Retry-After: 6");
        assertThat(answers.answer("ada", 6)).isEqualTo("413, at most 5 at once");
        time.advance(Duration.ofMillis(1));
        assertThat(answers.answer("ada", 3)).isEqualTo("429, Retry-After: 6");
        time.advance(Duration.ofSeconds(6));
        assertThat(answers.answer("ada", 3)).isEqualTo("200, 0 left");
    }

    @Test
    void whatTheNodeRefusesCostsTheUserNothing() {
        TwoLimits limits = new TwoLimits(time);
        for (int i = 0; i < 10; i++) {
            assertThat(limits.allows("ada")).isTrue();
            assertThat(limits.allows("grace")).isTrue();
        }
        // Refused by her own limit, ada takes nothing of the five that the node has left.
        for (int i = 0; i < 100; i++) {
            assertThat(limits.allows("ada")).isFalse();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(limits.allows("edsger")).isTrue();
        }
        assertThat(limits.allows("edsger")).isFalse();
        assertThat(limits.remaining("edsger")).isEqualTo(5);
    }

    @Test
    void saturatedTableForgetsTheLeastDebtOrRefusesTheNewcomer() {
        SaturatedTable tables = new SaturatedTable(time);
        assertThat(tables.evicting().tryAcquire(-1L, 10)).isTrue();
        assertThat(SaturatedTable.flood(tables.evicting(), 100_000)).isEqualTo(100_000);
        assertThat(tables.forgottenDebts()).isBetween(98_000L, 99_000L);
        assertThat(tables.evicting().peek(-1L).remaining())
                .as("the deepest debt is not forgotten")
                .isZero();

        assertThat(tables.denying().tryAcquire(-1L, 10)).isTrue();
        assertThat(SaturatedTable.flood(tables.denying(), 100_000)).isBetween(1_000L, 1_504L);
        assertThat(tables.denying().decide(-2L).reason()).isEqualTo(Decision.Reason.SATURATED);
        assertThat(tables.denying().evictedInDebt()).isZero();
        time.advance(Duration.ofSeconds(6));
        assertThat(tables.denying().decide(-2L).allowed())
                .as("debts of one permit are over")
                .isTrue();
    }

    @Test
    void virtualTimeFindsTheBoundary() {
        new VirtualTime().threeAtOnceAndThenOneEveryTwentyMinutes();
    }

    @Test
    void coarseClockCountsAsAnyOther() {
        CoarseClock limits = new CoarseClock();
        for (int i = 0; i < 60; i++) {
            assertThat(limits.allows("sensor-1")).isTrue();
        }
        assertThat(limits.allows("sensor-1")).isFalse();
        assertThat(limits.allows("sensor-2")).isTrue();
    }
}
