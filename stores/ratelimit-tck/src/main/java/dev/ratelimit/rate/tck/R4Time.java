package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.StoredRate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R4 of the rules: time. */
public interface R4Time extends RateStoreHooks {

    /** Two stores on one database take in turn: each sees the time that passed since the other did. */
    @Test
    @DisplayName("R4.1 all processes have one clock")
    default void r4_1_oneClock() {
        try (RateBench bench = new RateBench(this)) {
            RateCaller second = bench.second();
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(new StoredRate(20_000, 1, 3));
            for (int i = 0; i < 8; i++) {
                budget.take("R4.1", bench.store(), terms, 1, 1);
                advance(Duration.ofMillis(3));
                budget.take("R4.1", second, terms, 1, 1);
                advance(Duration.ofMillis(2));
            }
        }
    }

    /** The clock is set back while a budget owes. */
    @Test
    @DisplayName("R4.2 a clock that goes back grants nothing twice")
    default void r4_2_clockGoesBack() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(new StoredRate(1_000, 1, 10));
            BudgetTerms fast = ComparedBudget.terms(new StoredRate(1_000, 1L << 50, 10));
            budget.take("R4.2", bench.store(), terms, 10, 10);
            bench.setBack(Duration.ofSeconds(30));
            budget.setBack(30_000_000);
            assertThat(budget.take("R4.2", bench.store(), terms, 1, 1).permits())
                    .isZero();
            budget.read("R4.2", bench.store(), terms);
            budget.read("R4.2", bench.store(), fast);
            budget.charge("R4.2", bench.store(), fast, 2);
            budget.refund("R4.2", bench.store(), terms, 1);
            budget.read("R4.2", bench.store(), terms);
        }
    }

    /** A budget that owes for 300 ms is looked at while it does, also after a restart. */
    @Test
    @DisplayName("R4.3 a budget is kept until it is full")
    default void r4_3_keptUntilFull() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = new BudgetTerms(List.of(new StoredRate(100_000, 1, 4)));
            BudgetTerms slow = ComparedBudget.terms(R1NeverMoreThanTheRate.SLOW);
            budget.take("R4.3", bench.store(), slow, 5, 5);
            String shortly = RateBench.name();
            // Before the call: the store may have granted long before its answer arrives.
            long taken = micros();
            bench.store().applied(Take.allOrNothing(shortly, terms, 4));
            advance(Duration.ofMillis(50));
            upkeep();
            long debt = bench.store().applied(new Read(shortly, terms)).debts().get(0);
            long elapsed = micros() - taken;
            assertThat(debt)
                    .as("R4.3: units owed, of 400,000, %d microseconds after they were taken", elapsed)
                    .isGreaterThanOrEqualTo(400_000 - elapsed - elapsed / 100 - 1_000);
            budget.read("R4.3", bench.store(), slow);
        }
    }

    /** A budget that owes survives a restart of the store. */
    @Test
    @DisplayName("R4.3 a budget is kept over a restart, if the store is durable")
    default void r4_3_keptOverRestart() {
        try (RateBench bench = new RateBench(this)) {
            ComparedBudget budget = bench.budget();
            BudgetTerms terms = ComparedBudget.terms(R1NeverMoreThanTheRate.SLOW);
            budget.take("R4.3", bench.store(), terms, 4, 4);
            bench.reopen();
            assertThat(budget.take("R4.3", bench.store(), terms, 2, 1).permits())
                    .isEqualTo(1);
        }
    }

    /** Budgets that are full again leave the database, though nobody uses them. */
    @Test
    @DisplayName("R4.4 a budget that is full is deleted at some time")
    default void r4_4_fullBudgetsGo() {
        Assumptions.assumeTrue(
                keptBudgets().isPresent(), "not tested: their number is not known, see RateStoreHooks.keptBudgets");
        try (RateBench bench = new RateBench(this)) {
            BudgetTerms terms = new BudgetTerms(List.of(new StoredRate(1_000, 1, 5)));
            long before = keptBudgets().orElseThrow();
            for (int i = 0; i < 50; i++) {
                bench.store().applied(Take.allOrNothing(RateBench.name(), terms, 5));
            }
            advance(Duration.ofMillis(20));
            String used = RateBench.name();
            assertThat(bench.eventually(() -> {
                        bench.store().applied(new Read(used, terms));
                        advance(Duration.ofMillis(200));
                        return keptBudgets().orElseThrow() <= before + 5;
                    }))
                    .as("R4.4: at most 5 of 50 full budgets are left")
                    .isTrue();
        }
    }
}
