package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Permits;
import dev.ratelimit.core.internal.keys.KeyHash;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A keyed limiter: arguments checked, the key reduced to 64 bits, its policy found, and that policy's budgets asked.
 *
 * @param <K> the type of the keys
 */
public final class PolicyLimiter<K> implements Limiter<K> {

    private final PolicySource<? super K> policies;
    private final CellTable cells;
    private final KeyHash hash;
    private final Function<? super K, ?> keyOf;
    private final @Nullable SafeListener listener;
    private final Waiters waiters;
    private final Leases leases;

    /**
     * Creates a limiter on cells of its own.
     *
     * @param policies what gives a key its policy
     * @param cells where the keys' state is kept
     * @param hash what reduces a key to 64 bits
     * @param keyOf what reduces a caller's key to one of a supported type
     * @param time the time of the cells
     * @param maximumWaiters how many may wait at once
     * @param listener who is told of decisions, if anybody
     */
    public PolicyLimiter(
            PolicySource<? super K> policies,
            CellTable cells,
            KeyHash hash,
            Function<? super K, ?> keyOf,
            TimeSource time,
            int maximumWaiters,
            @Nullable LimiterListener listener) {
        this.policies = policies;
        this.cells = cells;
        this.hash = hash;
        this.keyOf = keyOf;
        this.listener = listener == null ? null : new SafeListener(listener);
        this.waiters = new Waiters(time, maximumWaiters);
        this.leases = new Leases(time, waiters, this::reclaimed);
    }

    /** What a table does on an eviction, for a listener. */
    public static Runnable onEviction(@Nullable LimiterListener listener) {
        return listener == null ? () -> {} : new SafeListener(listener)::evicted;
    }

    // Without waiting

    @Override
    public boolean tryAcquire(K key) {
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        long clock = cells.clock();
        return listener == null
                ? budgets.tryTake(fingerprint, 1, clock)
                : told(budgets.decide(fingerprint, 1, clock), 1).allowed();
    }

    @Override
    public boolean tryAcquire(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        long clock = cells.clock();
        return listener == null
                ? budgets.tryTake(fingerprint, permits, clock)
                : told(budgets.decide(fingerprint, permits, clock), permits).allowed();
    }

    @Override
    public Decision decide(K key) {
        return decide(key, 1);
    }

    @Override
    public Decision decide(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return told(policies.of(key, fingerprint).decide(fingerprint, permits, cells.clock()), permits);
    }

    @Override
    public Decision peek(K key) {
        return peek(key, 1);
    }

    @Override
    public Decision peek(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).peek(fingerprint, permits, cells.clock());
    }

    @Override
    public Reservation reserve(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        Reservation reservation = policies.of(key, fingerprint).reserve(fingerprint, permits, cells.clock());
        told(reservation.decision(), permits);
        return reservation;
    }

    // Waiting

    @Override
    public boolean acquire(K key) throws InterruptedException {
        return acquire(key, 1);
    }

    @Override
    public boolean acquire(K key, long permits) throws InterruptedException {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return told(waiters.await(policies.of(key, fingerprint), fingerprint, permits), permits)
                .allowed();
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key) {
        return acquireAsync(key, 1);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits) {
        return later(key, permits, null);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits, Executor executor) {
        return later(key, permits, Objects.requireNonNull(executor, "executor"));
    }

    private CompletionStage<Decision> later(K key, long permits, @Nullable Executor executor) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return waiters.later(
                policies.of(key, fingerprint), fingerprint, permits, executor, told -> told(told, permits));
    }

    // Leases

    @Override
    public Lease tryEnter(K key) {
        long fingerprint = fingerprint(key);
        return told(leases.tryEnter(policies.of(key, fingerprint), fingerprint));
    }

    @Override
    public Lease enter(K key, Duration longestWait) throws InterruptedException {
        long nanos = nanos(longestWait);
        long fingerprint = fingerprint(key);
        return told(leases.enter(policies.of(key, fingerprint), fingerprint, nanos));
    }

    private static long nanos(Duration longestWait) {
        Objects.requireNonNull(longestWait, "longest wait");
        if (longestWait.isNegative() || longestWait.compareTo(Policy.LONGEST) > 0) {
            throw new IllegalArgumentException("the longest wait must be from 0 to 365 days, but was " + longestWait);
        }
        return longestWait.toNanos();
    }

    private Lease told(Lease lease) {
        told(lease.decision(), 1);
        return lease;
    }

    private void reclaimed(long fingerprint, long heldNanos) {
        if (listener != null) {
            listener.leaseReclaimed(policies.known(fingerprint).name());
        }
    }

    // The state of keys, and policies

    @Override
    public void refund(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        Permits.checkRefund(permits, budgets.smallestCapacity());
        budgets.refund(fingerprint, permits, cells.clock());
    }

    @Override
    public void reset(K key) {
        long fingerprint = fingerprint(key);
        policies.of(key, fingerprint).reset(fingerprint);
    }

    @Override
    public Policy policy(K key) {
        return policies.of(key, fingerprint(key)).policy();
    }

    @Override
    public void update(Policy policy) {
        policies.update(Objects.requireNonNull(policy, "policy"));
        leases.rebind(policies::known);
    }

    @Override
    public Snapshot snapshot(K key) {
        long fingerprint = fingerprint(key);
        return policies.of(key, fingerprint).snapshot(fingerprint, cells.clock(), leases.inUse(fingerprint));
    }

    @Override
    public long evictedInDebt() {
        return cells.evictedInDebt();
    }

    @Override
    public String toString() {
        return "Limiter[" + policies + " per key]";
    }

    private Decision told(Decision decision, long permits) {
        return listener == null ? decision : listener.told(decision, permits);
    }

    private long fingerprint(K key) {
        Object reduced = Objects.requireNonNull(
                keyOf.apply(Objects.requireNonNull(key, "key")),
                "the key's function returned null: it has to name a key for everything the limiter is asked with");
        return CellTable.fingerprint(hash.of(reduced));
    }
}
