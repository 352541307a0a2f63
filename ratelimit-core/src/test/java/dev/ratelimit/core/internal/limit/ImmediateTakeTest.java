package dev.ratelimit.core.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.WhenSaturated;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Permits that are taken now can be given back, as the last attempt took them. */
class ImmediateTakeTest {

    private static final long KEY = 77;

    private final ManualTime time = new ManualTime(40);
    private final PolicyBudgets budgets = new PolicyBudgets(
            Policy.of("p", Rate.perSecond(10), Rate.perMinute(20)), new CellTable(100, WhenSaturated.EVICT, time));
    private final ImmediateTake take = new ImmediateTake(budgets, KEY, 8);

    private long remaining() {
        return budgets.peek(KEY, 1, time.nanos()).remaining();
    }

    @Test
    void permitsThatAreThereAreTakenFromEachRateAndGivenBack() {
        assertThat(take.at(time.nanos()).allowed()).isTrue();
        assertThat(take.takenAt()).isEqualTo(40);
        assertThat(remaining()).isEqualTo(2);
        take.cancel();
        assertThat(budgets.tryTake(KEY, 10, time.nanos())).isTrue();
        time.advance(Duration.ofSeconds(1));
        assertThat(remaining()).as("of 20 a minute").isEqualTo(10);
    }

    @Test
    void aRefusedAttemptGivesNothingBack() {
        budgets.tryTake(KEY, 5, time.nanos());
        assertThat(take.at(time.nanos()).allowed()).isFalse();
        take.cancel();
        assertThat(remaining()).isEqualTo(5);
    }

    @Test
    void aTakeThatWasNeverTriedGivesNothingBack() {
        budgets.tryTake(KEY, 5, time.nanos());
        PolicyBudgets none = new PolicyBudgets(Policy.unlimited(), new CellTable(9, WhenSaturated.DENY, time));
        new ImmediateTake(none, KEY, 5).cancel();
        assertThat(remaining()).isEqualTo(5);
    }

    @Test
    void theLastOfTwoAttemptsIsTheOneThatIsCancelled() {
        budgets.tryTake(KEY, 5, time.nanos());
        take.at(time.nanos());
        time.advance(Duration.ofMillis(300));
        assertThat(take.at(time.nanos()).allowed()).isTrue();
        assertThat(take.takenAt()).isEqualTo(time.nanos());
        assertThat(remaining()).isZero();
        take.cancel();
        assertThat(remaining()).isEqualTo(8);
    }
}
