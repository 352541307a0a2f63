package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys at the rates of one policy, taken from all or nothing.
 *
 * <p><b>All or nothing.</b> Each rate has a cell of its own for the key. A request looks at all of them first, and is refused
 * without a trace if one would refuse. Then it takes from each in turn; if another thread has been quicker at one of
 * them, what was taken before is given back. In between, others may be refused who would else have been admitted;
 * nobody is admitted who would else have been refused.
 *
 * <p><b>Which rate refuses.</b> The one with the longest wait, so that coming back after that time helps.
 *
 * <p><b>Ahead of time.</b> A reservation is due when the last of the rates has its permits, and is charged to all of them
 * for that instant. Were it charged to the others for the instant at which they have theirs, they would regain meanwhile
 * what has not yet been used, and more could depart in an interval than they allow.
 *
 * <p>Permits are from 1 to the smallest capacity. Outcomes are those of {@link Outcome}, one for each rate. Thread-safe.
 */
final class RateGroup {

    /** No rate. */
    static final int NONE = -1;

    private final Budgets[] rates;

    RateGroup(List<Rate> rates, Duration longestDelay, CellTable table) {
        this.rates = new Budgets[rates.size()];
        Arrays.setAll(this.rates, i -> table.budgets(rates.get(i), longestDelay, i));
    }

    int size() {
        return rates.length;
    }

    Budgets get(int index) {
        return rates[index];
    }

    /** Takes from all rates or from none; returns the rate that refused, or none. */
    int take(long key, long permits, long clock, long @Nullable [] outcomes) {
        int refusing = rates.length < 2 ? NONE : look(key, permits, clock, false, outcomes);
        for (int i = 0; refusing == NONE && i < rates.length; i++) {
            long outcome = rates[i].take(key, permits, clock);
            if (outcomes != null) {
                outcomes[i] = outcome;
            }
            if (!Outcome.isAdmitted(outcome)) {
                refusing = i;
                for (int taken = 0; taken < i; taken++) {
                    rates[taken].refund(key, permits, clock);
                }
            }
        }
        return refusing;
    }

    /** Takes from all rates, for the instant at which the last of them has its permits, or from none. */
    int reserve(long key, long permits, long clock, long[] outcomes, Receipt[] receipts) {
        if (rates.length == 1) {
            outcomes[0] = rates[0].reserve(key, permits, clock, receipts[0]);
            return Outcome.isAdmitted(outcomes[0]) ? NONE : 0;
        }
        while (true) {
            int refusing = look(key, permits, clock, true, outcomes);
            if (refusing != NONE || takeAhead(key, permits, delayNanos(outcomes), clock, receipts)) {
                return refusing;
            }
            // Another thread has taken the permits that were due then.
            Thread.onSpinWait();
        }
    }

    private boolean takeAhead(long key, long permits, long nanos, long clock, Receipt[] receipts) {
        for (int i = 0; i < rates.length; i++) {
            if (!Outcome.isAdmitted(rates[i].takeAhead(key, permits, nanos, clock, receipts[i]))) {
                for (int taken = 0; taken < i; taken++) {
                    rates[taken].cancel(key, permits, receipts[taken], clock);
                }
                return false;
            }
        }
        return true;
    }

    /** Takes nothing; returns the rate that would refuse for the longest time, or none. */
    int look(long key, long permits, long clock, boolean ahead, long @Nullable [] outcomes) {
        int refusing = NONE;
        long longest = -1;
        for (int i = 0; i < rates.length; i++) {
            long outcome = rates[i].look(key, permits, ahead, clock);
            if (outcomes != null) {
                outcomes[i] = outcome;
            }
            if (!Outcome.isAdmitted(outcome) && rates[i].retryNanos(outcome) > longest) {
                longest = rates[i].retryNanos(outcome);
                refusing = i;
            }
        }
        return refusing;
    }

    /** The nanoseconds until all rates have the permits that were taken. */
    long delayNanos(long[] outcomes) {
        long delay = 0;
        for (int i = 0; i < rates.length; i++) {
            delay = Math.max(delay, rates[i].delayNanos(outcomes[i]));
        }
        return delay;
    }

    /** The rate that an admission tells of: with the longest delay, and of these the one of which the least is left. */
    int binding(long[] outcomes) {
        long delay = delayNanos(outcomes);
        int binding = NONE;
        for (int i = 0; i < rates.length; i++) {
            if (rates[i].delayNanos(outcomes[i]) == delay
                    && (binding == NONE
                            || rates[i].remaining(outcomes[i]) < rates[binding].remaining(outcomes[binding]))) {
                binding = i;
            }
        }
        return binding;
    }

    void refund(long key, long permits, long clock) {
        for (Budgets rate : rates) {
            rate.refund(key, permits, clock);
        }
    }

    void cancel(long key, long permits, List<Receipt> receipts) {
        for (int i = 0; i < rates.length; i++) {
            rates[i].cancel(key, permits, receipts.get(i));
        }
    }

    void reset(long key) {
        for (Budgets rate : rates) {
            rate.reset(key);
        }
    }

    /**
     * Makes all debts at each rate debts of as many permits at the rate in the same place of another policy. Where two rates
     * share their units, and so cannot be told apart in a cell, it is left to the next request for the key.
     */
    void convertAll(RateGroup after) {
        for (int i = 0; i < Math.min(rates.length, after.rates.length); i++) {
            Budgets rate = rates[i];
            if (Arrays.stream(rates).filter(rate::hasUnitsOf).count() == 1) {
                rate.convertAll(after.rates[i]);
            }
        }
    }
}
