package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys at the rates of one policy, taken from all or nothing.
 *
 * <p><b>All or nothing.</b> Each rate has a cell of its own for the key. A request looks at all of them first, and is refused
 * without a trace if one would refuse. Then it takes from each in turn; if another thread has been quicker at one of
 * them, what was taken before is given back. In between, others may be refused who would else have been allowed;
 * nobody is allowed who would else have been refused.
 *
 * <p><b>Which rate refuses.</b> The one with the longest wait, so that coming back after that time helps.
 *
 * <p><b>Cancelling.</b> What was taken last is given back whole. Of a single rate, what was taken before that is given back less
 * what was taken since; of several, nothing.
 *
 * <p>Permits are from 1 to the smallest capacity. Outcomes are those of {@link Outcome}, one for each rate. Thread-safe.
 */
final class RateGroup {

    /** No rate. */
    static final int NONE = -1;

    private final Budgets[] rates;

    RateGroup(List<Rate> rates, Duration maxDelay, CellTable table) {
        this.rates = table.budgets(rates, maxDelay).toArray(Budgets[]::new);
    }

    List<Budgets> all() {
        return List.of(rates);
    }

    int size() {
        return rates.length;
    }

    Budgets get(int index) {
        return rates[index];
    }

    /** Takes from all rates or from none; returns the rate that refused, or none. */
    int take(long key, long permits, long clock, long @Nullable [] outcomes) {
        int refusing = rates.length < 2 ? NONE : look(key, permits, clock, outcomes);
        for (int i = 0; refusing == NONE && i < rates.length; i++) {
            long outcome = rates[i].take(key, permits, clock);
            if (outcomes != null) {
                outcomes[i] = outcome;
            }
            if (!Outcome.isAllowed(outcome)) {
                refusing = i;
                for (int taken = 0; taken < i; taken++) {
                    rates[taken].refund(key, permits, clock);
                }
            }
        }
        return refusing;
    }

    /** Takes from all rates or from none, so that it can be cancelled; returns the rate that refused, or none. */
    int take(long key, long permits, long clock, long[] outcomes, List<Receipt> receipts) {
        while (true) {
            int refusing = look(key, permits, clock, outcomes);
            int refusingNow = refusing == NONE ? takeAll(key, permits, clock, outcomes, receipts) : NONE;
            if (refusingNow == NONE) {
                return refusing;
            }
            if (Outcome.isSaturated(outcomes[refusingNow])) {
                // Each of two new cells finds a place, but both find the same one: to look again would not help.
                return refusingNow;
            }
            // Another thread has been quicker.
            Thread.onSpinWait();
        }
    }

    /** Takes from each rate in turn; returns the one that refused, once the others have theirs back, or none. */
    private int takeAll(long key, long permits, long clock, long[] outcomes, List<Receipt> receipts) {
        for (int i = 0; i < rates.length; i++) {
            outcomes[i] = rates[i].take(key, permits, clock, receipts.get(i));
            if (!Outcome.isAllowed(outcomes[i])) {
                for (int taken = 0; taken < i; taken++) {
                    rates[taken].cancel(key, 0, receipts.get(taken), clock);
                }
                return i;
            }
        }
        return NONE;
    }

    /** Has the debts of a key be debts at these rates from now on. */
    void adopt(long key, long clock) {
        for (Budgets rate : rates) {
            rate.adopt(key, clock);
        }
    }

    /** Charges all rates for what departs at an instant, whether it is there or not. */
    void charge(long key, long permits, long instant, List<Receipt> receipts) {
        for (int i = 0; i < rates.length; i++) {
            rates[i].charge(key, permits, instant, receipts.get(i));
        }
    }

    /**
     * Charges all rates now, whether the permits are there or not; returns how many there was room for at each of them.
     */
    long charge(long key, long permits, long clock) {
        long charged = permits;
        for (Budgets rate : rates) {
            charged = Math.min(charged, rate.charge(key, permits, clock, null));
        }
        return charged;
    }

    /** Takes nothing; returns the rate that would refuse for the longest time, or none. */
    int look(long key, long permits, long clock, long @Nullable [] outcomes) {
        int refusing = NONE;
        long longest = -1;
        for (int i = 0; i < rates.length; i++) {
            long outcome = rates[i].look(key, permits, clock);
            if (outcomes != null) {
                outcomes[i] = outcome;
            }
            if (!Outcome.isAllowed(outcome) && rates[i].retryNanos(outcome) > longest) {
                longest = rates[i].retryNanos(outcome);
                refusing = i;
            }
        }
        return refusing;
    }

    /** The rate that an admission tells of: the one of which the least is left. */
    int binding(long[] outcomes) {
        int binding = NONE;
        for (int i = 0; i < rates.length; i++) {
            if (binding == NONE || rates[i].remaining(outcomes[i]) < rates[binding].remaining(outcomes[binding])) {
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

    /** Gives back what was reserved, as far as nobody who reserved later counts on it. */
    void cancel(long key, long permits, List<Receipt> receipts) {
        long atMost = rates.length == 1 ? permits : 0;
        for (int i = 0; i < rates.length; i++) {
            rates[i].cancel(key, atMost, receipts.get(i));
        }
    }

    void reset(long key) {
        for (Budgets rate : rates) {
            rate.reset(key);
        }
    }
}
