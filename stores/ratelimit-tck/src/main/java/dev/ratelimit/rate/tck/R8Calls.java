package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.store.Deadline;
import dev.ratelimit.tck.internal.Race;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chapter R8 of the rules: calls. */
public interface R8Calls extends RateStoreHooks {

    /** Terms with a permit in 11 days, 9,000 at once. */
    BudgetTerms MANY = R7FailureIsNoRefusal.MANY;

    /** Operations of several kinds on different budgets, in one call. */
    @Test
    @DisplayName("R8.1 outcomes come in the order of the operations, and as many")
    default void r8_1_outcomesComeInOrder() {
        try (RateBench bench = new RateBench(this)) {
            Assumptions.assumeTrue(
                    bench.store().store().maxBatch() >= 5, "does not apply: the store takes fewer than 5 operations");
            List<RateOutcome> outcomes = bench.store()
                    .all(
                            "R8.1",
                            List.of(
                                    Take.allOrNothing(RateBench.name(), MANY, 3),
                                    new Read(RateBench.name(), MANY),
                                    new Charge(RateBench.name(), MANY, 7),
                                    Take.allOrNothing(RateBench.name(), MANY, 9_001),
                                    new Take(RateBench.name(), MANY, 10_000, 1, 0, true)));
            assertThat(outcomes)
                    .as("R8.1: permits of 3, a read, a charge of 7, 9,001 of 9,000, up to 10,000 of 9,000")
                    .extracting(outcome -> ((Applied) outcome).permits())
                    .containsExactly(3L, 0L, 7L, 0L, 9_000L);
        }
    }

    /** As many takes as one call takes, a thousand at most, on three budgets in turn. */
    @Test
    @DisplayName("R8.2 a call of up to maxBatch operations is done, those of one budget in their order")
    default void r8_2_largestBatchIsDoneInOrder() {
        try (RateBench bench = new RateBench(this)) {
            int count = Math.min(bench.store().store().maxBatch(), 1000);
            List<ComparedBudget> budgets = List.of(bench.budget(), bench.budget(), bench.budget());
            BudgetTerms terms = ComparedBudget.terms(R2HowMuchIsGranted.TEN.withCapacity(1_000));
            List<RateOperation> operations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                operations.add(
                        i % 10 == 9
                                ? new Reset(budgets.get(i % 3).name(), terms)
                                : Take.allOrNothing(budgets.get(i % 3).name(), terms, 1 + i % 4));
            }
            List<RateOutcome> outcomes = bench.store().all("R8.2", operations);
            for (int i = 0; i < count; i++) {
                budgets.get(i % 3).compare("R8.2", operations.get(i), (Applied) outcomes.get(i));
            }
        }
    }

    /** Threads with budgets of their own are not mixed up. */
    @Test
    @DisplayName("R8.3 many threads may call at once")
    default void r8_3_manyThreadsMayCall() {
        try (RateBench bench = new RateBench(this)) {
            Race.of("R8.3", patience(), 6, thread -> () -> {
                ComparedBudget mine = bench.budget();
                BudgetTerms terms = ComparedBudget.terms(R2HowMuchIsGranted.TEN.withCapacity(10L + thread));
                for (int round = 0; round < 15; round++) {
                    mine.take("R8.3", bench.store(), terms, 1 + thread, 1);
                }
                return null;
            });
        }
    }

    /** A store is closed while others call, and once more. */
    @Test
    @DisplayName("R8.3 close() may be called at any time, and twice")
    default void r8_3_closeMayBeCalledTwice() {
        try (RateBench bench = new RateBench(this)) {
            String name = RateBench.name();
            Race.of("R8.3", patience(), 4, i -> () -> {
                for (int round = 0; round < 20; round++) {
                    if (i == 0 && round == 5) {
                        bench.store().store().close();
                    }
                    // Whatever comes of it, it is an outcome.
                    bench.store().attempt(Take.allOrNothing(name, MANY, 1), Deadline.after(deadline()));
                }
                return null;
            });
            assertThatCode(() -> bench.store().store().close())
                    .as("R8.3: the second close()")
                    .doesNotThrowAnyException();
        }
    }

    /** Names that databases and scripts could take for something else, or for each other. */
    @Test
    @DisplayName("R8.4 names reach a database or server as they are")
    default void r8_4_namesAreTakenAsTheyAre() {
        try (RateBench bench = new RateBench(this)) {
            List<String> names = likeOneAnother(UUID.randomUUID().toString());
            for (int i = 0; i < names.size(); i++) {
                bench.store().applied(Take.allOrNothing(names.get(i), MANY, i + 1));
            }
            for (int i = 0; i < names.size(); i++) {
                long debt = bench.store()
                        .applied(new Read(names.get(i), MANY))
                        .debts()
                        .get(0);
                assertThat((debt + 999_999_999_999L) / 1_000_000_000_000L)
                        .as("R8.4: permits owed by %s, whose name is like others", names.get(i))
                        .isEqualTo(i + 1);
            }
        }
    }

    private static List<String> likeOneAnother(String random) {
        List<String> names = new ArrayList<>();
        for (String name : List.of(
                "x",
                "X",
                "_",
                "%",
                "-",
                "--",
                ".",
                "..",
                "'",
                "''",
                "\"",
                "`",
                ";",
                "'or/**/1=1--",
                "\\",
                "\\\\",
                "$1",
                "?",
                ":a",
                "#{a}",
                "{x}",
                "{a}{b}",
                "}{",
                "*",
                "[x]",
                "%s%n%d",
                "%27",
                "/",
                "//",
                "x/",
                "~")) {
            names.add(random + name);
            names.add(name + random);
        }
        String longest = "n".repeat(RateOperation.MAX_NAME_LENGTH - random.length() - 1);
        names.add(random + longest + "a");
        names.add(random + longest + "b");
        return names;
    }
}
