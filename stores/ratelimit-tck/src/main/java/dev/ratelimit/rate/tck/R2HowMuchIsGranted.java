package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R2 of the rules: how much is granted. */
public interface R2HowMuchIsGranted extends RateStoreHooks {

    /** A permit in 11 days, 10 at once. */
    StoredRate TEN = new StoredRate(1_000_000_000_000L, 1, 10);

    /** A permit in 11 days, 4 at once. */
    StoredRate FOUR = TEN.withCapacity(4);

    /** Takes of all, of a part, and of the last. */
    @Test
    @DisplayName("R2.1 grants min(want, what is there), if that is at least min")
    default void r2_1_grantsWhatIsThere() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(TEN);
            assertThat(budget.take("R2.1", bench.store(), terms, 4, 4).permits())
                    .isEqualTo(4);
            assertThat(budget.take("R2.1", bench.store(), terms, 9, 2).permits())
                    .isEqualTo(6);
            assertThat(budget.take("R2.1", bench.store(), terms, 1, 1).permits())
                    .isZero();
        }
    }

    /** Refusals of an untouched, a half full and an empty budget. */
    @Test
    @DisplayName("R2.2 a refusal grants zero, and changes no debt")
    default void r2_2_refusalChangesNothing() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(TEN);
            budget.take("R2.2", bench.store(), terms, 11, 11);
            budget.take("R2.2", bench.store(), terms, 7, 7);
            for (int i = 0; i < 3; i++) {
                assertThat(budget.take("R2.2", bench.store(), terms, 5, 4).permits())
                        .isZero();
            }
            assertThat(budget.take("R2.2", bench.store(), terms, 3, 3).permits())
                    .isEqualTo(3);
        }
    }

    /** Two rates, of which the second has fewer permits; then none. */
    @Test
    @DisplayName("R2.3 several rates are taken from at once, or none is")
    default void r2_3_severalRatesOrNone() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(TEN, FOUR);
            assertThat(budget.take("R2.3", bench.store(), terms, 6, 1).permits())
                    .isEqualTo(4);
            Applied refused = budget.take("R2.3", bench.store(), terms, 1, 1);
            assertThat(refused.permits()).isZero();
            ComparedBudget other = bench.budget();
            BudgetTerms reversed = ComparedBudget.terms(FOUR, TEN);
            other.take("R2.3", bench.store(), reversed, 3, 3);
            assertThat(other.take("R2.3", bench.store(), reversed, 2, 2).permits())
                    .isZero();
            assertThat(other.take("R2.3", bench.store(), reversed, 1, 1).permits())
                    .isEqualTo(1);
            ComparedBudget unlimited = bench.budget();
            assertThat(unlimited
                            .take("R2.3", bench.store(), ComparedBudget.terms(), 1000, 1000)
                            .permits())
                    .isEqualTo(1000);
        }
    }

    /** Takes now and for later, and reads in between. */
    @Test
    @DisplayName("R2.4 an outcome contains the debts after the operation")
    default void r2_4_containsTheDebts() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(TEN, new StoredRate(7_000_000, 3, 50));
            budget.read("R2.4", bench.store(), terms);
            budget.take("R2.4", bench.store(), terms, 8, 8);
            budget.read("R2.4", bench.store(), terms);
            // Three permits more than there are: the last of them is due in 33 days.
            Applied later = budget.take("R2.4", bench.store(), terms, 5, 5, 3_000_000_000_000L);
            assertThat(later.permits()).isEqualTo(5);
            assertThat(budget.take("R2.4", bench.store(), terms, 1, 1, 1_000_000_000L)
                            .permits())
                    .isZero();
            budget.read("R2.4", bench.store(), terms);
        }
    }
}
