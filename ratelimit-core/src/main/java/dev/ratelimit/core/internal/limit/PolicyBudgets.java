package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Policy;
import dev.ratelimit.Rate;
import dev.ratelimit.core.internal.cells.Blackouts;
import dev.ratelimit.core.internal.cells.Budgets;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Outcome;
import dev.ratelimit.core.internal.cells.Receipt;
import dev.ratelimit.core.internal.concurrency.ConcurrencyBounds;
import dev.ratelimit.core.internal.queue.PolicyAccount;
import dev.ratelimit.core.internal.queue.Scale;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all keys under a policy: its rates, all or nothing ({@link RateGroup}), its blackout, and its
 * decisions.
 *
 * <p>A blackout begins when a rate refuses a request, but not a {@code peek}.
 *
 * <p>The caller has checked that permits are at least 1. Thread-safe.
 */
final class PolicyBudgets implements PolicyAccount {

    private final Policy policy;
    private final CellTable table;
    private final RateGroup rates;
    private final Scale[] scales;
    private final @Nullable Blackouts blackouts;
    private final long blackoutNanos;
    private final long smallestCapacity;

    /** The bounds of the leases of a key at once; null if they are not bounded. */
    private final @Nullable ConcurrencyBounds bounds;

    /** The only rate, if nothing else has a part in decisions; otherwise null. */
    private final @Nullable Budgets only;

    PolicyBudgets(Policy policy, CellTable table) {
        this.policy = policy;
        this.table = table;
        this.rates = new RateGroup(policy.rates(), policy.maxDelay(), table);
        this.scales = new Scale[rates.size()];
        Arrays.setAll(
                scales,
                i -> new Scale(
                        rates.get(i).rate(),
                        rates.get(i).unitsPerPermit(),
                        rates.get(i).unitsPerNano()));
        this.blackoutNanos = policy.blackout().map(Duration::toNanos).orElse(0L);
        this.blackouts = blackoutNanos == 0 ? null : table.blackouts(blackoutNanos);
        this.only = rates.size() == 1 && blackouts == null ? rates.get(0) : null;
        this.bounds = policy.maxConcurrent().isPresent() ? ConcurrencyBounds.of(policy) : null;
        this.smallestCapacity = policy.blocks()
                ? 0
                : policy.rates().stream().mapToLong(Rate::capacity).min().orElse(Long.MAX_VALUE);
    }

    Policy policy() {
        return policy;
    }

    @Nullable
    ConcurrencyBounds bounds() {
        return bounds;
    }

    /** Returns the budgets that alone decide whether permits are left now; null if anything else has a part in it. */
    @Nullable
    Budgets alone() {
        return only;
    }

    /** Returns the budgets of each rate. */
    List<Budgets> all() {
        return rates.all();
    }

    boolean shapes() {
        return !policy.maxDelay().isZero();
    }

    long maxDelayNanos() {
        return policy.maxDelay().toNanos();
    }

    /** Replaces these budgets by those of another policy, for all keys. Debts move there. */
    void giveWayTo(PolicyBudgets after) {
        table.replace(all(), blackouts, after.all(), after.blackouts);
    }

    /** Releases the budgets, because no key has the policy any more. Debts stay. */
    void release() {
        table.release(all());
    }

    /** Cuts the rest of a blackout that the key had under another policy to this policy's blackout. */
    void bindBlackout(long key) {
        if (blackouts == null) {
            table.endBlackout(key);
        } else {
            blackouts.remaining(key, table.clock());
        }
    }

    /** Takes permits if the budgets have all of them at a reading of the clock. */
    boolean tryTake(long key, long permits, long clock) {
        Budgets rate = only;
        if (rate != null) {
            return !rate.exceedsCapacity(permits) && Outcome.isAllowed(rate.take(key, permits, clock));
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

    /** Takes permits if the budgets have all of them and the key is in no blackout. Begins no blackout. */
    Decision attempt(long key, long permits, long clock) {
        return attempt(key, permits, clock, List.of());
    }

    /**
     * Does the same, in a way that can be cancelled.
     *
     * @param receipts one receipt for each rate, or an empty list
     */
    Decision attempt(long key, long permits, long clock, List<Receipt> receipts) {
        Decision bar = bar(key, permits, clock);
        return bar == null ? takeUnbarred(key, permits, clock, receipts) : bar;
    }

    private Decision takeUnbarred(long key, long permits, long clock, List<Receipt> receipts) {
        return rates.decide(key, permits, clock, receipts).withPolicy(policy.name());
    }

    /** Returns an empty receipt for each rate. */
    List<Receipt> receipts() {
        return Stream.generate(Receipt::new).limit(rates.size()).toList();
    }

    /** Returns whether a refusal is due to the key's own usage. */
    static boolean isExcess(Decision decision) {
        return decision.reason() == Decision.Reason.OVER_LIMIT || decision.reason() == Decision.Reason.SATURATED;
    }

    // For queues

    @Override
    public String name() {
        return policy.name();
    }

    @Override
    public int rates() {
        return rates.size();
    }

    @Override
    public Scale scale(int rate) {
        return scales[rate];
    }

    @Override
    public long debt(int rate, long key, long clock) {
        return rates.get(rate).unitsOwed(key, clock);
    }

    /** Also takes in a blackout, which applies to new requests and not to calls that already wait. */
    @Override
    public PolicyAccount.TakeResult take(long key, long permits, long clock) {
        List<Receipt> receipts = receipts();
        Decision never = never(key, permits, clock);
        Decision decision = never == null ? takeUnbarred(key, permits, clock, receipts) : never;
        return new PolicyAccount.TakeResult(decision, () -> rates.cancel(key, permits, receipts));
    }

    @Override
    public void adopt(long key, long clock) {
        rates.adopt(key, clock);
    }

    @Override
    public Runnable charge(long key, long permits, long instant) {
        List<Receipt> receipts = receipts();
        rates.charge(key, permits, instant, receipts);
        return () -> rates.cancel(key, permits, receipts);
    }

    /** Charges all rates for work that was done; returns how many permits there was room for. */
    long owe(long key, long permits, long clock) {
        return rates.charge(key, permits, clock);
    }

    /** Returns the decision of {@link #attempt}, but with the permits that remain before it; takes nothing. */
    Decision peek(long key, long permits, long clock) {
        Decision bar = bar(key, permits, clock);
        return bar == null ? rates.peek(key, permits, clock).withPolicy(policy.name()) : bar;
    }

    /** Returns the refusal that does not depend on budgets, if there is one. */
    private @Nullable Decision bar(long key, long permits, long clock) {
        Decision never = never(key, permits, clock);
        long nanos = never == null ? blackoutNanos(key, clock) : 0;
        return nanos == 0 ? never : dark(nanos, nanos);
    }

    private Decision dark(long retryNanos, long resetNanos) {
        Decision refusal = rates.size() == 0
                ? Decision.blackout(retryNanos)
                : Decision.refused(Decision.Reason.BLACKOUT, rates.get(0).rate(), 0, retryNanos, resetNanos);
        return refusal.withPolicy(policy.name());
    }

    /**
     * The refusal of a request in a blackout that was called for, unless it is refused for ever.
     *
     * @param nanos what is left of the blackout
     */
    Decision darkened(long key, long permits, long clock, long nanos) {
        Decision alone = peek(key, permits, clock);
        return alone.retryAfterNanos() == Long.MAX_VALUE
                ? alone
                : dark(Math.max(nanos, alone.retryAfterNanos()), Math.max(nanos, alone.resetAfterNanos()));
    }

    /** Whether a request is refused for ever, or in a blackout that the policy began. */
    boolean bars(long key, long permits, long clock) {
        return bar(key, permits, clock) != null;
    }

    private @Nullable Decision never(long key, long permits, long clock) {
        if (policy.blocks()) {
            return Decision.blocked().withPolicy(policy.name());
        }
        for (int i = 0; i < rates.size(); i++) {
            if (rates.get(i).exceedsCapacity(permits)) {
                return rates.get(i).peek(key, permits, clock).withPolicy(policy.name());
            }
        }
        return null;
    }

    @Override
    public void refund(long key, long permits, long clock) {
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

    // Blackouts

    /** Returns the nanoseconds until the blackout of a key ends that the policy began; zero if there is none. */
    long blackoutNanos(long key, long clock) {
        return blackouts == null ? 0 : blackouts.remaining(key, clock);
    }

    void beginBlackout(long key, long clock) {
        if (blackouts != null) {
            blackouts.begin(key, clock);
        }
    }

    /** Begins a blackout if a decision is a refusal due to the key's own usage; returns the decision for the caller. */
    Decision concluded(Decision decision, long key, long clock) {
        return isExcess(decision) ? intoBlackout(decision, key, clock) : decision;
    }

    /** Begins a blackout, if the policy has one; returns the refusal with the longer of the two waits. */
    Decision intoBlackout(Decision refusal, long key, long clock) {
        if (blackouts == null) {
            return refusal;
        }
        blackouts.begin(key, clock);
        long nanos = Math.max(refusal.retryAfterNanos(), blackoutNanos(key, clock));
        Rate rate = refusal.rate().orElse(rates.get(0).rate());
        return Decision.refused(refusal.reason(), rate, refusal.remaining(), nanos, refusal.resetAfterNanos())
                .withPolicy(refusal.policy());
    }
}
