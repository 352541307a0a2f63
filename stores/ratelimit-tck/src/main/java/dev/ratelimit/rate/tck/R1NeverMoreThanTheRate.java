package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import dev.ratelimit.tck.internal.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R1 of the rules: never more than the rate. */
public interface R1NeverMoreThanTheRate extends RateStoreHooks {

    /** A rate so slow that a test sees nothing of it: a permit in 30 years. */
    StoredRate SLOW = new StoredRate(1_000_000_000_000_000L, 1, 5);

    /** Threads take, one permit each, and each sees another debt. */
    @Test
    @DisplayName("R1.1 each take sees all that were granted before it")
    default void r1_1_takesAreLinearizable() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            BudgetTerms terms = new BudgetTerms(List.of(new StoredRate(1_000_000_000_000L, 1, 400)));
            bench.store().applied(Take.allOrNothing(name, terms, 1));
            List<List<Long>> debts = Race.of("R1.1", patience(), 4, thread -> () -> {
                List<Long> seen = new ArrayList<>();
                for (int i = 0; i < 110; i++) {
                    Applied taken = bench.store().applied(Take.allOrNothing(name, terms, 1));
                    if (taken.permits() == 1) {
                        // Rounded up: the time that has passed is less than a permit.
                        seen.add((taken.debts().get(0) - 1) / 1_000_000_000_000L + 1);
                    }
                }
                return seen;
            });
            List<Long> all = debts.stream().flatMap(List::stream).sorted().toList();
            assertThat(all).as("R1.1: the permits owed after each grant").doesNotHaveDuplicates();
            assertThat(all).as("R1.1: grants of 399 permits that were left").hasSize(399);
        }
    }

    /** Threads take as fast as they can, for a while. */
    @Test
    @DisplayName("R1.2 grants at most capacity + rate x t permits in a time t")
    default void r1_2_neverMoreThanTheRate() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            BudgetTerms terms = new BudgetTerms(List.of(new StoredRate(1000, 1, 20)));
            long began = micros();
            long granted = 0;
            for (int round = 0; round < 20; round++) {
                granted += bench.store()
                        .applied(new Take(name, terms, 100, 1, 0, true))
                        .permits();
                advance(Duration.ofMillis(7));
                granted += bench.store()
                        .applied(new Take(name, terms, 100, 1, 0, true))
                        .permits();
            }
            long elapsed = micros() - began;
            assertThat(granted)
                    .as("R1.2: permits granted in %d microseconds, 20 at once and 1 in a millisecond", elapsed)
                    .isLessThanOrEqualTo(20 + (elapsed + elapsed / 100) / 1000 + 2);
        }
    }

    /** Many budgets, each of which is used first by several threads at once. */
    @Test
    @DisplayName("R1.3 never more if the first takes of a budget arrive at once")
    default void r1_3_firstTakesAtOnce() {
        try (RateBench bench = new RateBench(this)) {
            BudgetTerms terms = new BudgetTerms(List.of(SLOW));
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                names.add(RateBench.name());
            }
            List<List<Long>> granted = Race.of("R1.3", patience(), 8, thread -> () -> {
                List<Long> permits = new ArrayList<>();
                for (String name : names) {
                    permits.add(bench.store()
                            .applied(Take.allOrNothing(name, terms, 1))
                            .permits());
                }
                return permits;
            });
            for (int i = 0; i < names.size(); i++) {
                int budget = i;
                assertThat(granted.stream()
                                .mapToLong(permits -> permits.get(budget))
                                .sum())
                        .as("R1.3: grants of 8 first takes at once, where 5 permits are")
                        .isEqualTo(5);
            }
        }
    }

    /** Random operations, of one to three rates that are odd fractions. */
    @Test
    @DisplayName("R1.4 arithmetic is exact")
    default void r1_4_arithmeticIsExact() {
        try (RateBench bench = new RateBench(this)) {
            for (long seed = 1; seed <= 6; seed++) {
                Random random = new Random(seed);
                ComparedBudget budget = bench.budget();
                BudgetTerms terms = ComparedBudget.terms(
                        0,
                        random.nextInt(2) * 5_000L,
                        new StoredRate(1 + random.nextInt(30_000), 1 + random.nextInt(7), 1 + random.nextInt(40)),
                        new StoredRate(999_983L * random.nextInt(1, 30), 1 + random.nextInt(3_000), 60));
                List<Long> generations = new ArrayList<>(List.of(1L));
                // So that refunds do not stop the clock.
                budget.take("R1.4", bench.store(), ComparedBudget.terms(), 100, 100);
                for (int i = 0; i < 60; i++) {
                    RateOperation operation = random(random, budget.name(), terms, generations);
                    Applied outcome = budget.check("R1.4 (seed " + seed + ")", bench.store(), operation);
                    if (outcome.generation() > 0) {
                        generations.add(outcome.generation());
                    }
                    if (random.nextInt(6) == 0) {
                        advance(Duration.ofMillis(random.nextInt(9)));
                    }
                }
            }
        }
    }

    private static RateOperation random(Random random, String name, BudgetTerms terms, List<Long> generations) {
        long permits = 1L + random.nextInt(12);
        long generation = generations.get(generations.size() - 1 - random.nextInt(Math.min(4, generations.size())));
        return switch (random.nextInt(16)) {
            case 0 -> new Read(name, terms);
            case 1 -> new Charge(name, terms, permits);
            case 2 -> new Refund(name, terms, 1);
            case 3 -> new Blackout(name, terms, random.nextInt(4_000));
            case 4, 5, 6 -> new GiveBack(name, terms, permits, generation);
            case 7 -> new Take(name, terms, permits, permits, random.nextInt(20_000), random.nextBoolean());
            default -> new Take(name, terms, permits, 1 + random.nextLong(permits), 0, random.nextBoolean());
        };
    }
}
