package dev.ratelimit.rate.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.BudgetTerms;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOperation.Blackout;
import dev.ratelimit.rate.spi.RateOperation.Charge;
import dev.ratelimit.rate.spi.RateOperation.GiveBack;
import dev.ratelimit.rate.spi.RateOperation.Read;
import dev.ratelimit.rate.spi.RateOperation.Refund;
import dev.ratelimit.rate.spi.RateOperation.Reset;
import dev.ratelimit.rate.spi.RateOperation.Take;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A budget of a store beside the same budget of the reference, {@link BudgetState}: after each operation the outcomes
 * must be equal, unit for unit.
 *
 * <p>The store's clock is read from its answers. The first rate of each budget is a clock: a permit costs 1,000 s of
 * it, and it regains a unit each microsecond. So what its debt lacks to a multiple of a permit is the time that has
 * passed.
 */
final class ComparedBudget {

    /** The units of a permit of the clock: 1,000 s. */
    private static final long TICKS = 1_000_000_000;

    private static final StoredRate CLOCK = new StoredRate(TICKS, 1, 4_000_000);

    private final RateStoreHooks hooks;
    private final String name;
    private final Map<Long, Long> generations = new HashMap<>();
    private BudgetState state = BudgetState.FULL;
    private long now = 1_000_000_000_000_000L;

    /** The test's time before the first call whose time counts: the store may have done it right then. */
    private long began;

    private long calledAt;
    private long clockDebt;
    private long passed;

    ComparedBudget(RateStoreHooks hooks, String name) {
        this.hooks = hooks;
        this.name = name;
        this.began = hooks.micros();
        this.calledAt = began;
    }

    String name() {
        return name;
    }

    /** Returns terms whose first rate is the clock. */
    static BudgetTerms terms(long blackoutMicros, long returnableMicros, StoredRate... rates) {
        List<StoredRate> all = new ArrayList<>();
        all.add(CLOCK);
        all.addAll(List.of(rates));
        return new BudgetTerms(all, blackoutMicros, returnableMicros);
    }

    static BudgetTerms terms(StoredRate... rates) {
        return terms(0, 0, rates);
    }

    Applied take(String rule, RateCaller store, BudgetTerms terms, long want, long min) {
        return check(rule, store, new Take(name, terms, want, min, 0, true));
    }

    Applied take(String rule, RateCaller store, BudgetTerms terms, long want, long min, long maxDelayMicros) {
        return check(rule, store, new Take(name, terms, want, min, maxDelayMicros, true));
    }

    Applied giveBack(String rule, RateCaller store, BudgetTerms terms, long permits, long generation) {
        return check(rule, store, new GiveBack(name, terms, permits, generation));
    }

    Applied refund(String rule, RateCaller store, BudgetTerms terms, long permits) {
        return check(rule, store, new Refund(name, terms, permits));
    }

    Applied charge(String rule, RateCaller store, BudgetTerms terms, long permits) {
        return check(rule, store, new Charge(name, terms, permits));
    }

    Applied blackout(String rule, RateCaller store, BudgetTerms terms, long micros) {
        return check(rule, store, new Blackout(name, terms, micros));
    }

    Applied reset(String rule, RateCaller store, BudgetTerms terms) {
        return check(rule, store, new Reset(name, terms));
    }

    Applied read(String rule, RateCaller store, BudgetTerms terms) {
        return check(rule, store, new Read(name, terms));
    }

    /** Applies an operation to the store and to the reference, and compares the outcomes. */
    Applied check(String rule, RateCaller store, RateOperation operation) {
        calledAt = hooks.micros();
        return compare(rule, operation, store.applied(ofStore(operation)));
    }

    /** Compares an outcome of the store with that of the reference. */
    Applied compare(String rule, RateOperation operation, Applied outcome) {
        assertThat(outcome.debts())
                .as("%s: the debts of %s", rule, operation)
                .hasSameSizeAs(operation.terms().rates());
        long ticks = outcome.debts().get(0);
        // A clock that owes nothing, such as that of a budget that was reset, tells no time.
        long elapsed = ticks == 0 ? 0 : Math.floorMod(clockDebt - ticks, TICKS);
        checkElapsed(rule, operation, elapsed);
        now += elapsed;
        BudgetState.Step step = state.apply(operation, now);
        state = step.state();
        Applied expected = step.outcome();
        clockDebt = expected.debts().get(0);
        if (clockDebt == 0) {
            began = calledAt;
            passed = 0;
        }
        if (expected.generation() > 0 && outcome.generation() > 0) {
            Long before = generations.put(outcome.generation(), expected.generation());
            assertThat(before == null || before == expected.generation())
                    .as("%s: takes of two generations show the same one, after %s", rule, operation)
                    .isTrue();
            outcome = new Applied(outcome.permits(), outcome.debts(), outcome.blackoutMicros(), expected.generation());
        }
        assertThat(outcome)
                .as("%s: the outcome of %s, %d microseconds after the operation before", rule, operation, elapsed)
                .isEqualTo(expected);
        return expected;
    }

    /** A store may name its generations as it likes: returns the operation with the store's name of it. */
    RateOperation ofStore(RateOperation operation) {
        if (!(operation instanceof GiveBack giveBack)) {
            return operation;
        }
        long generation = generations.entrySet().stream()
                .filter(entry -> entry.getValue() == giveBack.generation())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(giveBack.generation());
        return new GiveBack(name, giveBack.terms(), giveBack.permits(), generation);
    }

    /** Follows the store's clock, which was moved back. */
    void setBack(long micros) {
        now -= micros;
        clockDebt += micros;
    }

    private void checkElapsed(String rule, RateOperation operation, long elapsed) {
        passed += elapsed;
        long most = hooks.micros() - began;
        assertThat(passed)
                .as("%s: the microseconds that passed for the store until %s, where %d did", rule, operation, most)
                .isLessThanOrEqualTo(most + most / 100 + 100_000);
    }
}
