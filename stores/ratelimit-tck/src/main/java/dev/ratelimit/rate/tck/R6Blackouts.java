package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R6 of the rules: blackouts. */
public interface R6Blackouts extends RateStoreHooks {

    /** Terms with a blackout of a minute. */
    BudgetTerms MINUTE = ComparedBudget.terms(60_000_000, 0, R2HowMuchIsGranted.TEN);

    /** Refusals with and without requests behind them, whole and in part. */
    @Test
    @DisplayName("R6.1 a refused request begins a blackout")
    default void r6_1_refusalBeginsBlackout() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            budget.take("R6.1", bench.store(), MINUTE, 4, 4);
            budget.check("R6.1", bench.store(), new Take(budget.name(), MINUTE, 20, 20, 0, false));
            budget.check("R6.1", bench.store(), new Take(budget.name(), MINUTE, 2, 1, 0, false));
            Applied part = budget.take("R6.1", bench.store(), MINUTE, 6, 1);
            assertThat(part.permits()).isEqualTo(4);
            assertThat(part.blackoutMicros()).isEqualTo(60_000_000);
            budget.refund("R6.1", bench.store(), MINUTE, 5);
            assertThat(budget.take("R6.1", bench.store(), MINUTE, 1, 1).permits())
                    .isZero();
            ComparedBudget other = bench.budget();
            BudgetTerms shortly = ComparedBudget.terms(40_000, 0, R2HowMuchIsGranted.TEN);
            other.take("R6.1", bench.store(), shortly, 5, 5);
            other.take("R6.1", bench.store(), shortly, 6, 6);
            other.read("R6.1", bench.store(), shortly);
            advance(Duration.ofMillis(60));
            assertThat(other.take("R6.1", bench.store(), shortly, 1, 1).permits())
                    .isEqualTo(1);
        }
    }

    /** The policy changes to a shorter blackout, and to none. */
    @Test
    @DisplayName("R6.2 a take cuts a blackout to that of its terms")
    default void r6_2_takeCutsBlackout() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms second = ComparedBudget.terms(1_000_000, 0, R2HowMuchIsGranted.TEN);
            BudgetTerms none = ComparedBudget.terms(R2HowMuchIsGranted.TEN);
            budget.take("R6.2", bench.store(), MINUTE, 4, 4);
            budget.take("R6.2", bench.store(), MINUTE, 8, 8);
            assertThat(budget.take("R6.2", bench.store(), second, 1, 1).blackoutMicros())
                    .isEqualTo(1_000_000);
            advance(Duration.ofMillis(20));
            assertThat(budget.read("R6.2", bench.store(), MINUTE).blackoutMicros())
                    .isLessThan(1_000_000);
            assertThat(budget.take("R6.2", bench.store(), none, 1, 1).permits()).isEqualTo(1);
            assertThat(budget.take("R6.2", bench.store(), MINUTE, 1, 1).permits())
                    .isEqualTo(1);
        }
    }

    /** Called blackouts: longer, shorter, and zero. */
    @Test
    @DisplayName("R6.3 a blackout that is called for lasts the longest of its times, and zero ends it")
    default void r6_3_calledBlackouts() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms none = ComparedBudget.terms(R2HowMuchIsGranted.TEN);
            budget.take("R6.3", bench.store(), none, 1, 1);
            budget.blackout("R6.3", bench.store(), none, 60_000_000);
            assertThat(budget.blackout("R6.3", bench.store(), none, 1_000).blackoutMicros())
                    .isGreaterThan(1_000_000);
            assertThat(budget.take("R6.3", bench.store(), none, 1, 1).permits()).isZero();
            assertThat(budget.take("R6.3", bench.store(), MINUTE, 1, 1).permits())
                    .isZero();
            budget.blackout("R6.3", bench.store(), none, 0);
            assertThat(budget.take("R6.3", bench.store(), MINUTE, 1, 1).permits())
                    .isEqualTo(1);
            budget.take("R6.3", bench.store(), MINUTE, 20, 20);
            budget.blackout("R6.3", bench.store(), none, 0);
            assertThat(budget.take("R6.3", bench.store(), MINUTE, 1, 1).permits())
                    .isEqualTo(1);
        }
    }

    /** A reset of a budget that owes and is in both kinds of blackout. */
    @Test
    @DisplayName("R6.4 a reset makes a budget full, and ends its blackouts")
    default void r6_4_reset() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(60_000_000, 20_000, R2HowMuchIsGranted.TEN);
            budget.take("R6.4", bench.store(), terms, 3, 3);
            advance(Duration.ofMillis(30));
            Applied taken = budget.take("R6.4", bench.store(), terms, 5, 5);
            budget.take("R6.4", bench.store(), terms, 5, 5);
            budget.blackout("R6.4", bench.store(), terms, 60_000_000);
            budget.reset("R6.4", bench.store(), terms);
            assertThat(budget.take("R6.4", bench.store(), terms, 10, 10).permits())
                    .isEqualTo(10);
            assertThat(budget.giveBack("R6.4", bench.store(), terms, 5, taken.generation())
                            .permits())
                    .isZero();
        }
    }
}
