package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R5 of the rules: giving back, refunds and charges. */
public interface R5GivingBack extends RateStoreHooks {

    /** Terms whose generations last 20 ms; nothing is regained meanwhile. */
    BudgetTerms RETURNABLE = ComparedBudget.terms(0, 20_000, new StoredRate(1_000_000_000_000L, 1, 100));

    /** Takes of one generation, and of the next. */
    @Test
    @DisplayName("R5.1 a granted take shows its generation")
    default void r5_1_showsTheGeneration() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            Applied first = budget.take("R5.1", bench.store(), RETURNABLE, 10, 10);
            assertThat(first.generation()).isPositive();
            budget.take("R5.1", bench.store(), RETURNABLE, 10, 10);
            assertThat(budget.take("R5.1", bench.store(), RETURNABLE, 200, 200).generation())
                    .isZero();
            advance(Duration.ofMillis(30));
            Applied next = budget.take("R5.1", bench.store(), RETURNABLE, 10, 10);
            assertThat(next.generation()).isNotEqualTo(first.generation());
        }
    }

    /** What later takes have missed does not come back, of the present generation and of the one before. */
    @Test
    @DisplayName("R5.2 gives back what no later take has missed")
    default void r5_2_givesBackWhatNobodyMissed() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            // The first generation has found no debt: nothing of it comes back.
            Applied first = budget.take("R5.2", bench.store(), RETURNABLE, 40, 40);
            assertThat(budget.giveBack("R5.2", bench.store(), RETURNABLE, 5, first.generation())
                            .permits())
                    .isZero();
            advance(Duration.ofMillis(30));
            Applied second = budget.take("R5.2", bench.store(), RETURNABLE, 30, 30);
            // It found a debt of 40 permits less a little. This amount can come back, in two parts.
            assertThat(budget.giveBack("R5.2", bench.store(), RETURNABLE, 12, second.generation())
                            .permits())
                    .isEqualTo(12);
            assertThat(budget.giveBack("R5.2", bench.store(), RETURNABLE, 30, second.generation())
                            .permits())
                    .isEqualTo(27);
            assertThat(budget.giveBack("R5.2", bench.store(), RETURNABLE, 1, second.generation())
                            .permits())
                    .isZero();
            advance(Duration.ofMillis(30));
            Applied third = budget.take("R5.2", bench.store(), RETURNABLE, 20, 20);
            advance(Duration.ofMillis(30));
            Applied fourth = budget.take("R5.2", bench.store(), RETURNABLE, 20, 20);
            assertThat(budget.giveBack("R5.2", bench.store(), RETURNABLE, 20, third.generation())
                            .permits())
                    .isEqualTo(20);
            budget.giveBack("R5.2", bench.store(), RETURNABLE, 20, fourth.generation());
            budget.giveBack("R5.2", bench.store(), RETURNABLE, 20, third.generation());
            budget.read("R5.2", bench.store(), RETURNABLE);
        }
    }

    /** A generation that never was, and one that is two generations old. */
    @Test
    @DisplayName("R5.3 nothing of an unknown generation comes back")
    default void r5_3_unknownGenerationGivesNothing() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            assertThat(budget.giveBack("R5.3", bench.store(), RETURNABLE, 5, 0).permits())
                    .isZero();
            budget.take("R5.3", bench.store(), RETURNABLE, 20, 20);
            advance(Duration.ofMillis(30));
            Applied old = budget.take("R5.3", bench.store(), RETURNABLE, 20, 20);
            for (int i = 0; i < 2; i++) {
                advance(Duration.ofMillis(30));
                budget.take("R5.3", bench.store(), RETURNABLE, 10, 10);
            }
            assertThat(budget.giveBack("R5.3", bench.store(), RETURNABLE, 5, old.generation())
                            .permits())
                    .isZero();
            assertThat(budget.giveBack("R5.3", bench.store(), RETURNABLE, 5, 12_345)
                            .permits())
                    .isZero();
        }
    }

    /** Refunds of a part, and of more than is owed. */
    @Test
    @DisplayName("R5.4 a refund lowers each debt, down to zero")
    default void r5_4_refunds() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(0, 20_000, R2HowMuchIsGranted.TEN, R2HowMuchIsGranted.FOUR);
            budget.take("R5.4", bench.store(), terms, 4, 4);
            assertThat(budget.refund("R5.4", bench.store(), terms, 3).permits()).isEqualTo(3);
            budget.take("R5.4", bench.store(), terms, 1, 1);
            budget.take("R5.4", bench.store(), ComparedBudget.terms(R2HowMuchIsGranted.TEN), 6, 6);
            // The second rate owes only two, less a little.
            assertThat(budget.refund("R5.4", bench.store(), terms, 5).permits()).isEqualTo(2);
            Applied full = budget.refund("R5.4", bench.store(), terms, 50);
            assertThat(full.debts())
                    .as("R5.4: debts after a refund of more than is owed")
                    .containsOnly(0L);
        }
    }

    /** Charges beyond the capacity, in a blackout, and up to the end of all numbers. */
    @Test
    @DisplayName("R5.5 a charge adds to each debt, whatever the capacity")
    default void r5_5_charges() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(0, 20_000, R2HowMuchIsGranted.TEN);
            budget.take("R5.5", bench.store(), terms, 8, 8);
            assertThat(budget.charge("R5.5", bench.store(), terms, 25).permits())
                    .isEqualTo(25);
            assertThat(budget.take("R5.5", bench.store(), terms, 1, 1).permits())
                    .isZero();
            budget.blackout("R5.5", bench.store(), terms, 60_000_000);
            assertThat(budget.charge("R5.5", bench.store(), terms, 1).permits()).isEqualTo(1);
            Applied most = budget.charge("R5.5", bench.store(), terms, Long.MAX_VALUE);
            assertThat(most.permits()).isBetween(8_000L, 9_007L);
            assertThat(budget.charge("R5.5", bench.store(), terms, 1).permits()).isZero();
        }
    }
}
