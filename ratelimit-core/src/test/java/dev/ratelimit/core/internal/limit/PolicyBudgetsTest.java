package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Decision;
import dev.ratelimit.Decision.Reason;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The decisions of a policy: by its rates, its blackout, or neither. */
class PolicyBudgetsTest {

    private static final long KEY = 77;
    private static final Policy TEN = Policy.of("ten", Rate.perSecond(10));
    private static final Policy DARK = TEN.named("dark").blackout(Duration.ofSeconds(5));

    private final ManualTime time = new ManualTime();
    private final CellTable table = new CellTable(100, WhenSaturated.EVICT, time);
    private final PolicyBudgets ten = new PolicyBudgets(TEN, table);

    private Decision attempt(PolicyBudgets budgets, long permits) {
        return budgets.attempt(KEY, permits, time.nanos());
    }

    private Decision peek(PolicyBudgets budgets, long permits) {
        return budgets.peek(KEY, permits, time.nanos());
    }

    @Test
    void aPolicyThatBlocksRefusesForEver() {
        PolicyBudgets blocked = new PolicyBudgets(Policy.blocked(), table);
        assertThat(attempt(blocked, 1).reason()).isEqualTo(Reason.BLOCKED);
        assertThat(peek(blocked, 1).reason()).isEqualTo(Reason.BLOCKED);
        assertThat(blocked.tryTake(KEY, 1, time.nanos())).isFalse();
        assertThat(blocked.bars(KEY, 1, time.nanos())).isTrue();
    }

    @Test
    void aPolicyWithoutRatesAllowsAnyNumber() {
        PolicyBudgets unlimited = new PolicyBudgets(Policy.unlimited().named("all"), table);
        assertThat(unlimited.tryTake(KEY, Long.MAX_VALUE, time.nanos())).isTrue();
        assertThat(attempt(unlimited, Long.MAX_VALUE).policy()).isEqualTo("all");
        assertThat(peek(unlimited, 1).allowed()).isTrue();
    }

    @Test
    void moreThanTheSmallestCapacityIsRefusedForEverAndBeginsNoBlackout() {
        PolicyBudgets two = new PolicyBudgets(
                Policy.of("two", Rate.perSecond(10), Rate.perMinute(4)).blackout(Duration.ofSeconds(5)), table);
        assertThat(attempt(two, 5).reason()).isEqualTo(Reason.EXCEEDS_CAPACITY);
        assertThat(attempt(two, 5).rate()).contains(Rate.perMinute(4));
        assertThat(two.tryTake(KEY, 5, time.nanos())).isFalse();
        assertThat(PolicyBudgets.isExcess(attempt(two, 5))).isFalse();
        assertThat(two.tryTake(KEY, 4, time.nanos())).isTrue();
    }

    @Test
    void anAllowedRequestReportsTheRateWithTheFewestPermitsLeft() {
        PolicyBudgets two = new PolicyBudgets(Policy.of("two", Rate.perSecond(10), Rate.perMinute(12)), table);
        assertThat(peek(two, 1).remaining()).isEqualTo(10);
        Decision decision = attempt(two, 9);
        assertThat(decision.rate()).contains(Rate.perSecond(10));
        time.advance(Duration.ofSeconds(1));
        assertThat(peek(two, 1).rate()).contains(Rate.perMinute(12));
        assertThat(peek(two, 1).remaining()).isEqualTo(3);
        assertThat(attempt(two, 4).policy()).isEqualTo("two");
    }

    @Test
    void aRefusedTakeBeginsTheBlackoutAndAPeekDoesNot() {
        PolicyBudgets dark = new PolicyBudgets(DARK, table);
        dark.tryTake(KEY, 10, time.nanos());
        assertThat(peek(dark, 1).reason()).isEqualTo(Reason.OVER_LIMIT);
        time.advance(Duration.ofSeconds(1));
        assertThat(dark.tryTake(KEY, 10, time.nanos())).as("no blackout").isTrue();
        assertThat(dark.tryTake(KEY, 1, time.nanos())).isFalse();
        time.advance(Duration.ofMillis(4_999));
        assertThat(attempt(dark, 1).reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(attempt(dark, 1).retryAfter()).isEqualTo(Duration.ofMillis(1));
        assertThat(dark.bars(KEY, 1, time.nanos())).isTrue();
        time.advance(Duration.ofMillis(1));
        assertThat(dark.tryTake(KEY, 1, time.nanos())).isTrue();
    }

    @Test
    void aRefusalThatBeginsABlackoutTellsTheLongerOfTheTwoWaits() {
        PolicyBudgets dark = new PolicyBudgets(DARK, table);
        dark.owe(KEY, 15, time.nanos());
        Decision refused = dark.concluded(attempt(dark, 10), KEY, time.nanos());
        assertThat(refused.reason()).isEqualTo(Reason.OVER_LIMIT);
        assertThat(refused.policy()).isEqualTo("dark");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        dark.reset(KEY);
        assertThat(attempt(dark, 10).allowed()).as("a reset ends the blackout").isTrue();
        dark.owe(KEY, 90, time.nanos());
        assertThat(dark.concluded(attempt(dark, 1), KEY, time.nanos()).retryAfter())
                .isEqualTo(Duration.ofMillis(9_100));
    }

    @Test
    void withoutABlackoutARefusalStays() {
        Decision refused = attempt(ten, 10).allowed() ? attempt(ten, 1) : Decision.blocked();
        assertThat(ten.concluded(refused, KEY, time.nanos())).isSameAs(refused);
        Decision allowed = Decision.unlimited();
        assertThat(new PolicyBudgets(DARK, table).concluded(allowed, KEY, time.nanos()))
                .isSameAs(allowed);
    }

    @Test
    void inABlackoutThatWasCalledForTheLongerWaitIsTold() {
        ten.tryTake(KEY, 10, time.nanos());
        assertThat(ten.darkened(KEY, 1, time.nanos(), 3_000).retryAfter()).isEqualTo(Duration.ofMillis(100));
        Decision dark = ten.darkened(KEY, 1, time.nanos(), 3_000_000_000L);
        assertThat(dark.reason()).isEqualTo(Reason.BLACKOUT);
        assertThat(dark.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(ten.darkened(KEY, 11, time.nanos(), 3_000).reason())
                .as("for ever anyway")
                .isEqualTo(Reason.EXCEEDS_CAPACITY);
    }

    @Test
    void aShorterBlackoutOfANewPolicyBindsTheOneInProgress() {
        new PolicyBudgets(DARK, table).beginBlackout(KEY, time.nanos());
        PolicyBudgets brief = new PolicyBudgets(DARK.blackout(Duration.ofSeconds(1)), table);
        brief.bindBlackout(KEY);
        assertThat(peek(brief, 1).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        ten.bindBlackout(KEY);
        assertThat(peek(brief, 1).allowed()).isTrue();
    }
}
