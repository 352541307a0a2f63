package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.Snapshot;
import dev.ratelimit.core.internal.cells.Blackouts;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import dev.ratelimit.core.internal.concurrency.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys under one policy: up to eight rates and a blackout, decided all or nothing.
 *
 * <p><b>All or nothing.</b> Each rate has a cell of its own for the key. A request looks at all of them first, and is refused
 * without a trace if one would refuse. Then it takes from each in turn; if another thread has been quicker at one of
 * them, what was taken before is given back. In between, others may be refused who would else have been admitted;
 * nobody is admitted who would else have been refused.
 *
 * <p><b>Ahead of time.</b> A reservation is due when the last of the rates has its permits, and is charged to all of them
 * for that instant. Were it charged to the others for the instant at which they have theirs, they would regain meanwhile
 * what has not yet been used, and more could depart in an interval than they allow.
 *
 * <p><b>Which rate answers.</b> A refusal is by the rate with the longest wait, so that coming back after that time helps. An
 * admission tells of the rate with the longest delay, and without a delay of the one of which the least is left.
 *
 * <p><b>Blackout.</b> Begins with a refusal over a rate, of a request that did more than look.
 *
 * <p>Permits are at least 1, which the caller has checked. Thread-safe.
 */
final class PolicyBudgets {

    private static final int NONE = -1;

    private final Policy policy;
    private final Budgets[] rates;
    private final @Nullable Blackouts blackouts;
    private final long blackoutNanos;

    /** How many leases a key may hold at once, if that is bounded. */
    private final @Nullable Bounds bounds;

    /** The only rate, where there is nothing else to look at. */
    private final @Nullable Budgets only;

    private final long smallestCapacity;

    PolicyBudgets(Policy policy, CellTable table) {
        this.policy = policy;
        List<Rate> given = policy.rates();
        this.rates = new Budgets[given.size()];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = table.budgets(given.get(i), policy.longestDelay(), i);
        }
        this.blackoutNanos = policy.blackout().map(Duration::toNanos).orElse(0L);
        this.blackouts = blackoutNanos == 0 ? null : table.blackouts();
        this.only = rates.length == 1 && blackouts == null ? rates[0] : null;
        this.bounds = policy.atOnce().isPresent() ? Bounds.of(policy) : null;
        this.smallestCapacity = policy.blocks()
                ? 0
                : given.stream().mapToLong(Rate::capacity).min().orElse(Long.MAX_VALUE);
    }

    Policy policy() {
        return policy;
    }

    @Nullable
    Bounds bounds() {
        return bounds;
    }

    boolean shapes() {
        return !policy.longestDelay().isZero();
    }

    /** The most permits that a request can ever be given; zero if the policy blocks. */
    long smallestCapacity() {
        return smallestCapacity;
    }

    /**
     * Makes all debts at each rate debts of as many permits at the rate in the same place of another policy. Where two rates
     * share their units, and so cannot be told apart in a cell, it is left to the next request for the key.
     */
    void convertAll(PolicyBudgets after) {
        for (int i = 0; i < Math.min(rates.length, after.rates.length); i++) {
            Budgets rate = rates[i];
            if (Arrays.stream(rates).filter(rate::hasUnitsOf).count() == 1) {
                rate.convertAll(after.rates[i]);
            }
        }
    }

    // Taking

    /** Takes permits that are all there at a reading of the clock. */
    boolean tryTake(long key, long permits, long clock) {
        Budgets rate = only;
        if (rate != null) {
            return !rate.exceedsCapacity(permits) && Outcome.isAdmitted(rate.take(key, permits, clock));
        }
        if (permits > smallestCapacity || isBlackedOut(key, clock)) {
            return false;
        }
        int refusing = takeAll(key, permits, clock, null);
        if (refusing != NONE) {
            beginBlackout(key, clock);
        }
        return refusing == NONE;
    }

    /** Takes as {@link #tryTake} does, and says more about the answer. */
    Decision decide(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return bar;
        }
        long[] outcomes = new long[rates.length];
        return decision(key, permits, clock, takeAll(key, permits, clock, outcomes), outcomes);
    }

    /** Takes permits that are there, or will be within the longest delay. */
    CellReservation reserve(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return CellReservation.answered(bar, clock);
        }
        long[] outcomes = new long[rates.length];
        Receipt[] receipts = new Receipt[rates.length];
        Arrays.setAll(receipts, i -> new Receipt());
        int refusing = reserveAll(key, permits, clock, outcomes, receipts);
        Decision decision = decision(key, permits, clock, refusing, outcomes);
        return refusing == NONE
                ? new CellReservation(decision, clock + decision.delayNanos(), this, key, permits, List.of(receipts))
                : CellReservation.answered(decision, clock);
    }

    private Decision decision(long key, long permits, long clock, int refusing, long[] outcomes) {
        if (refusing == NONE) {
            return admitted(key, permits, clock, outcomes);
        }
        beginBlackout(key, clock);
        return rates[refusing].decision(key, outcomes[refusing], permits, clock).of(policy.name());
    }

    /** Takes from all rates or from none; returns the rate that refused, or none. */
    private int takeAll(long key, long permits, long clock, long @Nullable [] outcomes) {
        int refusing = rates.length < 2 ? NONE : lookAll(key, permits, clock, false, outcomes);
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
    private int reserveAll(long key, long permits, long clock, long[] outcomes, Receipt[] receipts) {
        if (rates.length == 1) {
            outcomes[0] = rates[0].reserve(key, permits, clock, receipts[0]);
            return Outcome.isAdmitted(outcomes[0]) ? NONE : 0;
        }
        while (true) {
            int refusing = lookAll(key, permits, clock, true, outcomes);
            if (refusing != NONE || takeAllAhead(key, permits, delay(outcomes), clock, receipts)) {
                return refusing;
            }
            // Another thread has taken the permits that were due then.
            Thread.onSpinWait();
        }
    }

    private boolean takeAllAhead(long key, long permits, long nanos, long clock, Receipt[] receipts) {
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

    private long delay(long[] outcomes) {
        long delay = 0;
        for (int i = 0; i < rates.length; i++) {
            delay = Math.max(delay, rates[i].delayNanos(outcomes[i]));
        }
        return delay;
    }

    /** Returns the rate that would refuse for the longest time, or none. */
    private int lookAll(long key, long permits, long clock, boolean ahead, long @Nullable [] outcomes) {
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

    // Looking

    /** What {@link #decide} would answer, with what remains counted before; takes nothing. */
    Decision peek(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return bar;
        }
        int refusing = lookAll(key, permits, clock, false, null);
        return refusing == NONE
                ? leastOf(key, permits, clock)
                : rates[refusing].peek(key, permits, clock).of(policy.name());
    }

    /** The refusal that no budget has a part in, if there is one. */
    private @Nullable Decision bar(long key, long permits, long clock) {
        if (policy.blocks()) {
            return Decision.blocked().of(policy.name());
        }
        for (Budgets rate : rates) {
            if (rate.exceedsCapacity(permits)) {
                return rate.peek(key, permits, clock).of(policy.name());
            }
        }
        long nanos = blackouts == null ? 0 : blackouts.remaining(key, clock);
        return nanos == 0
                ? null
                : Decision.refused(Decision.Reason.BLACKOUT, rates[0].rate(), 0, nanos, nanos)
                        .of(policy.name());
    }

    private Decision leastOf(long key, long permits, long clock) {
        Decision least = Decision.unlimited();
        for (Budgets rate : rates) {
            Decision next = rate.peek(key, permits, clock);
            least = next.remaining() < least.remaining() ? next : least;
        }
        return least.of(policy.name());
    }

    private Decision admitted(long key, long permits, long clock, long[] outcomes) {
        int least = NONE;
        long delay = 0;
        for (int i = 0; i < rates.length; i++) {
            long next = rates[i].delayNanos(outcomes[i]);
            boolean isLess = least == NONE
                    || (next > delay)
                    || (next == delay && rates[i].remaining(outcomes[i]) < rates[least].remaining(outcomes[least]));
            least = isLess ? i : least;
            delay = Math.max(delay, next);
        }
        Decision decision = least == NONE
                ? Decision.unlimited()
                : rates[least].decision(key, outcomes[least], permits, clock).after(delay);
        return decision.of(policy.name());
    }

    /** All that is known of a key, read until two looks in a row are the same. */
    Snapshot snapshot(long key, long clock, int leases) {
        long[] debts = debts(key, clock);
        for (long[] again = debts(key, clock); !Arrays.equals(debts, again); again = debts(key, clock)) {
            debts = again;
        }
        List<Snapshot.Budget> budgets = new ArrayList<>();
        for (int i = 0; i < rates.length; i++) {
            budgets.add(rates[i].snapshot(debts[i]));
        }
        return new Snapshot(policy, budgets, Duration.ofNanos(debts[rates.length]), leases);
    }

    private long[] debts(long key, long clock) {
        long[] debts = new long[rates.length + 1];
        for (int i = 0; i < rates.length; i++) {
            debts[i] = Math.max(0, rates[i].debt(key, clock));
        }
        debts[rates.length] = blackouts == null ? 0 : blackouts.remaining(key, clock);
        return debts;
    }

    // Giving back

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
        if (blackouts != null) {
            blackouts.end(key);
        }
    }

    // Blackout

    private boolean isBlackedOut(long key, long clock) {
        return blackouts != null && blackouts.remaining(key, clock) > 0;
    }

    private void beginBlackout(long key, long clock) {
        if (blackouts != null) {
            blackouts.begin(key, blackoutNanos, clock);
        }
    }
}
