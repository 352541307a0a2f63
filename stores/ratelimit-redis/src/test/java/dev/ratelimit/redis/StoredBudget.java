package dev.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.rate.spi.BudgetState;
import dev.ratelimit.rate.spi.RateOperation;
import dev.ratelimit.rate.spi.RateOutcome;
import dev.ratelimit.rate.spi.RateOutcome.Applied;
import dev.ratelimit.rate.spi.StoredRate;

/**
 * A step of a budget in the server, beside the same step of the reference.
 *
 * <p>The first rate of each budget is a clock: it regains a unit each microsecond. So the server's time of a step is
 * the instant at which its cell is full, which the text in the server shows, without the debt, which the outcome shows.
 */
final class StoredBudget {

    /** The clock: a permit costs 1,000 s. Many are owed, so that no operation clears it. */
    static final StoredRate CLOCK = new StoredRate(1_000_000_000, 1, 9_000_000);

    private static final int AT = 7;

    private StoredBudget() {}

    /** Compares a step with the reference's; returns whether the time of the step is known. */
    static boolean compare(String before, RateOperation operation, RateOutcome outcome, String after) {
        Applied applied = (Applied) outcome;
        long debt = applied.debts().get(0);
        if (debt == 0 || debt == StoredRate.MAX_UNITS) {
            return false;
        }
        long now = Long.parseLong(after.split(" ", -1)[AT]) - debt;
        BudgetState.Step expected = BudgetState.parse(before).apply(operation, now);
        assertThat(applied)
                .as("%s at %d, on %s, which became %s", operation, now, before, after)
                .isEqualTo(expected.outcome());
        assertThat(after)
                .as("the state after %s at %d, on %s", operation, now, before)
                .isEqualTo(expected.state().toText());
        return true;
    }
}
