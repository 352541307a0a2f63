package dev.ratelimit.rate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratelimit.Rate;
import dev.ratelimit.rate.spi.BudgetState.Step;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Take;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetStateTest {

    private static final long NOW = 1_800_000_000_000_000L;
    private static final BudgetTerms TEN_A_SECOND = terms(Rate.perSecond(10));

    private static BudgetTerms terms(Rate rate) {
        return new BudgetTerms(List.of(StoredRate.of(rate)));
    }

    @Test
    void takesRefusesAndRegains() {
        Step all = BudgetState.FULL.apply(Take.allOrNothing("b", TEN_A_SECOND, 10), NOW);
        assertThat(all.outcome().permits()).isEqualTo(10);
        Step refused = all.state().apply(Take.allOrNothing("b", TEN_A_SECOND, 1), NOW + 99_999);
        assertThat(refused.outcome().permits()).isZero();
        assertThat(refused.state()).isSameAs(all.state());
        assertThat(all.state()
                        .apply(Take.allOrNothing("b", TEN_A_SECOND, 1), NOW + 100_000)
                        .outcome()
                        .permits())
                .isEqualTo(1);
    }

    @Test
    void tellsWhenItMayBeForgotten() {
        BudgetState state = BudgetState.FULL
                .apply(Take.allOrNothing("b", TEN_A_SECOND, 5), NOW)
                .state();
        assertThat(state.expiresMicros()).isEqualTo(NOW + 500_001);
        assertThat(state.apply(new Read("b", TEN_A_SECOND), NOW + 500_000)
                        .outcome()
                        .debts())
                .containsExactly(0L);
        assertThat(BudgetState.FULL.expiresMicros()).isZero();
    }

    @Test
    void aDebtOutOfRangeGrantsNothing() {
        BudgetTerms fast = new BudgetTerms(List.of(new StoredRate(1, 1L << 40, 5)));
        BudgetState state = BudgetState.FULL
                .apply(new Charge("b", fast, Long.MAX_VALUE), NOW)
                .state();
        long before = NOW - 3_600_000_000L;
        assertThat(state.apply(new Read("b", fast), before).outcome().debts()).containsExactly(StoredRate.MAX_UNITS);
        assertThat(state.apply(Take.allOrNothing("b", fast, 1), before)
                        .outcome()
                        .permits())
                .isZero();
        assertThat(state.apply(new Charge("b", fast, 1), before).state()).isSameAs(state);
    }

    @Test
    void alternatingPoliciesLoseNoTime() {
        // Two versions of an application, whose policies differ, call in turn while one is replaced by the other.
        BudgetTerms twenty = terms(Rate.perSecond(20).burst(10));
        BudgetState state = BudgetState.FULL
                .apply(Take.allOrNothing("b", TEN_A_SECOND, 10), NOW)
                .state();
        long granted = 0;
        for (int i = 1; i <= 10_000; i++) {
            Step step = state.apply(Take.allOrNothing("b", i % 2 == 0 ? TEN_A_SECOND : twenty, 1), NOW + i * 1_000L);
            granted += step.outcome().permits();
            state = step.state();
        }
        assertThat(granted).as("permits of 10 s, between 10 and 20 a second").isBetween(100L, 200L);
    }

    @Test
    void textIsParsed() {
        BudgetState state = BudgetState.FULL
                .apply(
                        Take.allOrNothing(
                                "b", new BudgetTerms(Collections.nCopies(8, StoredRate.of(Rate.perSecond(3)))), 2),
                        NOW)
                .state();
        assertThat(BudgetState.parse(state.toText())).isEqualTo(state).hasSameHashCodeAs(state);
        assertThat(state.toText().length()).isLessThan(1000);
    }

    @Test
    void anotherTextIsAnError() {
        for (String text : List.of("", "2 0 0 0 0", "1 0 0 0", "1 0 0 0 0 1", "1 0 0 0 x", "17")) {
            assertThatThrownBy(() -> BudgetState.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another program");
        }
    }
}
