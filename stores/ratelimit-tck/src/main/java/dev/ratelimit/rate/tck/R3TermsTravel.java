package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.StoredRate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R3 of the rules: the terms travel with the call. */
public interface R3TermsTravel extends RateStoreHooks {

    /** A larger capacity, and a smaller one. */
    @Test
    @DisplayName("R3.1 only the capacity of the call counts")
    default void r3_1_capacityTravels() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms ten = ComparedBudget.terms(R2HowMuchIsGranted.TEN);
            BudgetTerms four = ComparedBudget.terms(R2HowMuchIsGranted.FOUR);
            budget.take("R3.1", bench.store(), four, 4, 4);
            assertThat(budget.take("R3.1", bench.store(), ten, 5, 5).permits()).isEqualTo(5);
            assertThat(budget.take("R3.1", bench.store(), four, 1, 1).permits()).isZero();
            assertThat(budget.take("R3.1", bench.store(), ten, 2, 1).permits()).isEqualTo(1);
        }
    }

    /** Rates whose permits are of other units, to and fro, also with products beyond 2^53 and 2^63. */
    @Test
    @DisplayName("R3.2 under another rate a debt stays the same number of permits, rounded up to a unit")
    default void r3_2_debtStaysInPermits() {
        try (RateBench bench = new RateBench(this)) {
            StoredRate[] rates = {
                new StoredRate(1_000_000, 3, 100),
                new StoredRate(7, 1_000_003, 100),
                new StoredRate(60_000_000_001L, 91_000, 100),
                new StoredRate(44_000_000_000_003L, 1, 100),
                new StoredRate(43_999_999_999_999L, 11, 100),
                new StoredRate(1, 1, 100)
            };
            for (StoredRate first : rates) {
                ComparedBudget budget = bench.budget();
                budget.take("R3.2", bench.store(), ComparedBudget.terms(first), 61, 61);
                for (StoredRate rate : rates) {
                    budget.read("R3.2", bench.store(), ComparedBudget.terms(rate));
                }
                for (StoredRate rate : rates) {
                    budget.take("R3.2", bench.store(), ComparedBudget.terms(rate), 3, 1);
                }
            }
        }
    }

    /** One rate, then two, then one, then two again. */
    @Test
    @DisplayName("R3.3 a rate without a cell is full, and a cell without a rate stays")
    default void r3_3_cellsStay() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms one = ComparedBudget.terms(R2HowMuchIsGranted.TEN);
            BudgetTerms two = ComparedBudget.terms(R2HowMuchIsGranted.TEN, R2HowMuchIsGranted.FOUR);
            budget.take("R3.3", bench.store(), one, 5, 5);
            assertThat(budget.take("R3.3", bench.store(), two, 3, 3).permits()).isEqualTo(3);
            assertThat(budget.take("R3.3", bench.store(), one, 1, 1).permits()).isEqualTo(1);
            assertThat(budget.take("R3.3", bench.store(), two, 2, 1).permits()).isEqualTo(1);
            assertThat(budget.take("R3.3", bench.store(), two, 1, 1).permits()).isZero();
        }
    }
}
