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
 * What a policy gives all keys: its rates, all or nothing ({@link RateGroup}), its blackout, and its answers as decisions.
 *
 * <p>A blackout begins with a refusal over a rate, of a request that did more than look.
 *
 * <p>Permits are at least 1, which the caller has checked. Thread-safe.
 */
final class PolicyBudgets {

    private final Policy policy;
    private final RateGroup rates;
    private final @Nullable Blackouts blackouts;
    private final long blackoutNanos;
    private final long smallestCapacity;

    /** How many leases a key may hold at once, if that is bounded. */
    private final @Nullable Bounds bounds;

    /** The only rate, where there is nothing else to look at. */
    private final @Nullable Budgets only;

    PolicyBudgets(Policy policy, CellTable table) {
        this.policy = policy;
        this.rates = new RateGroup(policy.rates(), policy.longestDelay(), table);
        this.blackoutNanos = policy.blackout().map(Duration::toNanos).orElse(0L);
        this.blackouts = blackoutNanos == 0 ? null : table.blackouts();
        this.only = rates.size() == 1 && blackouts == null ? rates.get(0) : null;
        this.bounds = policy.atOnce().isPresent() ? Bounds.of(policy) : null;
        this.smallestCapacity = policy.blocks()
                ? 0
                : policy.rates().stream().mapToLong(Rate::capacity).min().orElse(Long.MAX_VALUE);
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

    void convertAll(PolicyBudgets after) {
        rates.convertAll(after.rates);
    }

    // Taking

    /** Takes permits that are all there at a reading of the clock. */
    boolean tryTake(long key, long permits, long clock) {
        Budgets rate = only;
        if (rate != null) {
            return !rate.exceedsCapacity(permits) && Outcome.isAdmitted(rate.take(key, permits, clock));
        }
        if (permits > smallestCapacity || blackoutNanos(key, clock) > 0) {
            return false;
        }
        boolean taken = rates.take(key, permits, clock, null) == RateGroup.NONE;
        if (!taken) {
            beginBlackout(key, clock);
        }
        return taken;
    }

    /** Takes as {@link #tryTake} does, and says more about the answer. */
    Decision decide(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return bar;
        }
        long[] outcomes = new long[rates.size()];
        int refusing = rates.take(key, permits, clock, outcomes);
        return decision(key, permits, clock, refusing, outcomes);
    }

    /** Takes permits that are there, or will be within the longest delay. */
    CellReservation reserve(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return CellReservation.answered(bar, clock);
        }
        long[] outcomes = new long[rates.size()];
        Receipt[] receipts = new Receipt[rates.size()];
        Arrays.setAll(receipts, i -> new Receipt());
        int refusing = rates.reserve(key, permits, clock, outcomes, receipts);
        Decision decision = decision(key, permits, clock, refusing, outcomes);
        return decision.allowed()
                ? new CellReservation(decision, clock + decision.delayNanos(), this, key, permits, List.of(receipts))
                : CellReservation.answered(decision, clock);
    }

    private Decision decision(long key, long permits, long clock, int refusing, long[] outcomes) {
        if (refusing != RateGroup.NONE) {
            beginBlackout(key, clock);
            return rates.get(refusing)
                    .decision(key, outcomes[refusing], permits, clock)
                    .of(policy.name());
        }
        int binding = rates.binding(outcomes);
        Decision admitted = binding == RateGroup.NONE
                ? Decision.unlimited()
                : rates.get(binding)
                        .decision(key, outcomes[binding], permits, clock)
                        .after(rates.delayNanos(outcomes));
        return admitted.of(policy.name());
    }

    // Looking

    /** What {@link #decide} would answer, with what remains counted before; takes nothing. */
    Decision peek(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        if (bar != null) {
            return bar;
        }
        int refusing = rates.look(key, permits, clock, false, null);
        Decision decision = refusing == RateGroup.NONE
                ? leastLeft(key, permits, clock)
                : rates.get(refusing).peek(key, permits, clock);
        return decision.of(policy.name());
    }

    private Decision leastLeft(long key, long permits, long clock) {
        Decision least = Decision.unlimited();
        for (int i = 0; i < rates.size(); i++) {
            Decision next = rates.get(i).peek(key, permits, clock);
            least = next.remaining() < least.remaining() ? next : least;
        }
        return least;
    }

    /** The refusal that no budget has a part in, if there is one. */
    private @Nullable Decision bar(long key, long permits, long clock) {
        if (policy.blocks()) {
            return Decision.blocked().of(policy.name());
        }
        for (int i = 0; i < rates.size(); i++) {
            if (rates.get(i).exceedsCapacity(permits)) {
                return rates.get(i).peek(key, permits, clock).of(policy.name());
            }
        }
        long nanos = blackoutNanos(key, clock);
        return nanos == 0
                ? null
                : Decision.refused(Decision.Reason.BLACKOUT, rates.get(0).rate(), 0, nanos, nanos)
                        .of(policy.name());
    }

    /** All that is known of a key, read until two looks in a row are the same. */
    Snapshot snapshot(long key, long clock, int leases) {
        long[] debts = debts(key, clock);
        for (long[] again = debts(key, clock); !Arrays.equals(debts, again); again = debts(key, clock)) {
            debts = again;
        }
        List<Snapshot.Budget> budgets = new ArrayList<>();
        for (int i = 0; i < rates.size(); i++) {
            budgets.add(rates.get(i).snapshot(debts[i]));
        }
        return new Snapshot(policy, budgets, Duration.ofNanos(debts[rates.size()]), leases);
    }

    /** The debts at all rates, and the nanoseconds of blackout. */
    private long[] debts(long key, long clock) {
        long[] debts = new long[rates.size() + 1];
        for (int i = 0; i < rates.size(); i++) {
            debts[i] = Math.max(0, rates.get(i).debt(key, clock));
        }
        debts[rates.size()] = blackoutNanos(key, clock);
        return debts;
    }

    // Giving back

    void refund(long key, long permits, long clock) {
        rates.refund(key, permits, clock);
    }

    void cancel(long key, long permits, List<Receipt> receipts) {
        rates.cancel(key, permits, receipts);
    }

    void reset(long key) {
        rates.reset(key);
        if (blackouts != null) {
            blackouts.end(key);
        }
    }

    // Blackout

    private long blackoutNanos(long key, long clock) {
        return blackouts == null ? 0 : blackouts.remaining(key, clock);
    }

    private void beginBlackout(long key, long clock) {
        if (blackouts != null) {
            blackouts.begin(key, blackoutNanos, clock);
        }
    }
}
