package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.cells.Attempts;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys at the rates of one policy. A request takes from all of them or from none.
 *
 * <p><b>All or nothing.</b> A key has a separate cell for each rate. A request first checks all of them, and is refused
 * without any change if one would refuse. Then it takes from each in turn. If another thread was faster at one of them,
 * the request gives back what it has taken before. Meanwhile, other requests may be refused that would otherwise be
 * allowed. No request is allowed that would otherwise be refused.
 *
 * <p><b>Which rate refuses.</b> The rate with the longest wait, so that a retry after that time can succeed.
 *
 * <p><b>Cancelling.</b> The latest request is given back in full. An earlier request at a single rate is given back
 * less the permits taken since. At several rates, nothing of an earlier request is given back.
 *
 * <p>Permits are from 1 to the smallest capacity. Outcomes are those of {@link Outcome}, one for each rate.
 * Thread-safe.
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

    /**
     * Takes from all rates or from none, and returns the decision, without the name of a policy.
     *
     * @param receipts one receipt for each rate, with which the caller can cancel, or an empty list
     */
    Decision decide(long key, long permits, long clock, List<Receipt> receipts) {
        long[] outcomes = new long[rates.length];
        int refusing = receipts.isEmpty()
                ? take(key, permits, clock, outcomes)
                : take(key, permits, clock, outcomes, receipts);
        int deciding = refusing == NONE ? binding(outcomes) : refusing;
        return deciding == NONE
                ? Decision.unlimited()
                : rates[deciding].decision(key, outcomes[deciding], permits, clock);
    }

    /** Returns the decision of {@link #decide}, but with the permits that remain before it; takes nothing. */
    Decision peek(long key, long permits, long clock) {
        int refusing = look(key, permits, clock, null);
        if (refusing != NONE) {
            return rates[refusing].peek(key, permits, clock);
        }
        Decision least = Decision.unlimited();
        for (Budgets rate : rates) {
            Decision next = rate.peek(key, permits, clock);
            least = next.remaining() < least.remaining() ? next : least;
        }
        return least;
    }

    /** Takes from all rates or from none; returns the index of the rate that refused, or {@link #NONE}. */
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

    /**
     * Takes from all rates or from none, in a way that can be cancelled; returns the index of the rate that refused, or
     * {@link #NONE}.
     */
    private int take(long key, long permits, long clock, long[] outcomes, List<Receipt> receipts) {
        int failed = 0;
        while (true) {
            int refusing = look(key, permits, clock, outcomes);
            int refusingNow = refusing == NONE ? takeAll(key, permits, clock, outcomes, receipts) : NONE;
            if (refusingNow == NONE) {
                return refusing;
            }
            if (Outcome.isSaturated(outcomes[refusingNow])) {
                // Two new cells found the same place, so another attempt would not help.
                return refusingNow;
            }
            // Another thread was faster.
            failed = Attempts.pause(failed);
        }
    }

    /**
     * Takes from each rate in turn; returns the index of the rate that refused, after giving back to the others, or
     * {@link #NONE}.
     */
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

    /** Converts the debts of a key to these rates. */
    void adopt(long key, long clock) {
        for (Budgets rate : rates) {
            rate.adopt(key, clock);
        }
    }

    /** Charges all rates for permits of an instant, even if the budgets do not have them. */
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

    /** Returns the index of the rate that would refuse for the longest time, or {@link #NONE}; takes nothing. */
    private int look(long key, long permits, long clock, long @Nullable [] outcomes) {
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

    /** Returns the index of the rate that an allowed request reports: the one with the fewest permits left. */
    private int binding(long[] outcomes) {
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

    /** Gives back reserved permits, as far as later reservations do not depend on them. */
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
