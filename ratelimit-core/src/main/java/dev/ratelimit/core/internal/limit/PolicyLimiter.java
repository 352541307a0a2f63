package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Gauges;
import dev.ratelimit.Lease;
import dev.ratelimit.Limiter;
import dev.ratelimit.LimiterListener;
import dev.ratelimit.Policy;
import dev.ratelimit.Reservation;
import dev.ratelimit.Snapshot;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.cells.CellTable;
import dev.ratelimit.core.internal.cells.Permits;
import dev.ratelimit.core.internal.queue.WaitQueues;
import dev.ratelimit.core.internal.queue.WaiterBounds;
import dev.ratelimit.runtime.keys.KeyHash;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A keyed limiter. It checks arguments, hashes the key to 64 bits, finds the key's policy, and asks the budgets of that
 * policy.
 *
 * @param <K> the type of the keys
 */
public final class PolicyLimiter<K> implements Limiter<K> {

    private final PolicySource<? super K> policies;
    private final CellTable cells;
    private final KeyHash hash;
    private final Function<? super K, ?> keyOf;
    private final Notifications notifications;
    private final WaitQueues queues;
    private final QueuedRequests waiters;
    private final Changes changes;
    private final Reservations reservations;
    private final Leases leases;
    private final Figures figures;

    /**
     * Creates a limiter, which is the only user of its cells.
     *
     * @param policies the source of each key's policy
     * @param cells the table with the state of the keys
     * @param hash hashes a key to 64 bits
     * @param keyOf maps a caller's key to a key of a supported type
     * @param time the time source of the cells
     * @param room the maximum number of waiting calls
     * @param size the number of budgets that the cells are sized for
     * @param listener the listener for decisions, or null
     * @param evictions receives evictions of the cells, or null
     */
    public PolicyLimiter(
            PolicySource<? super K> policies,
            CellTable cells,
            KeyHash hash,
            Function<? super K, ?> keyOf,
            TimeSource time,
            WaiterBounds room,
            int size,
            @Nullable LimiterListener listener,
            @Nullable Evictions evictions) {
        this.policies = policies;
        this.cells = cells;
        this.hash = hash;
        this.keyOf = keyOf;
        this.notifications = new Notifications(listener == null ? null : new SafeListener(listener));
        AtomicInteger looks = new AtomicInteger();
        CalledBlackouts blackouts =
                new CalledBlackouts(time, looks, size, evictions == null ? () -> {} : evictions::evicted);
        this.queues = new WaitQueues(
                time, room, looks, blackouts, policies::inForce, evictions == null ? () -> {} : evictions::tell);
        if (evictions != null) {
            evictions.heldBackBy(queues);
        }
        this.changes = new Changes(time, cells, queues, blackouts);
        this.waiters = new QueuedRequests(time, queues, blackouts, changes, notifications);
        this.reservations = new Reservations(time, queues, waiters, changes, notifications);
        this.leases = new Leases(
                time,
                waiters,
                notifications,
                policies::inForce,
                room.mostPerKey(),
                (fingerprint, heldNanos) ->
                        notifications.reclaimed(policies.known(fingerprint).name()));
        this.figures = new Figures(cells, blackouts, queues, leases, room, size);
        policies.onChange(() -> {
            queues.changed();
            leases.rebind(policies::known);
        });
    }

    /**
     * Returns the number of keys for which calls wait or reservations are not yet due; one more while any may be in a
     * blackout.
     */
    public AtomicInteger queues() {
        return queues.count();
    }

    /** Gives back permits that were taken from a key's only rate without a check of its queue. */
    public void undo(K key, long permits) {
        long fingerprint = fingerprint(key);
        changes.undo(policies.of(key, fingerprint), fingerprint, permits);
    }

    // Without waiting

    @Override
    public boolean tryAcquire(K key) {
        return tryTake(key, 1);
    }

    @Override
    public boolean tryAcquire(K key, long permits) {
        Permits.check(permits);
        return tryTake(key, permits);
    }

    private boolean tryTake(K key, long permits) {
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        long clock = cells.clock();
        if (notifications.listener() != null) {
            Decision decision = waiters.decide(budgets, fingerprint, permits, clock);
            return notifications.decided(decision, permits).allowed();
        }
        if (!queues.isEmpty()) {
            return waiters.tryTake(budgets, fingerprint, permits, clock);
        }
        // The queues are checked again after taking: a call that begins to wait later has seen these permits taken.
        return budgets.tryTake(fingerprint, permits, clock)
                && (queues.isEmpty() || waiters.confirms(budgets, fingerprint, permits));
    }

    @Override
    public Decision decide(K key) {
        return decide(key, 1);
    }

    @Override
    public Decision decide(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        PolicyBudgets budgets = policies.of(key, fingerprint);
        return notifications.decided(waiters.decide(budgets, fingerprint, permits, cells.clock()), permits);
    }

    @Override
    public Decision peek(K key) {
        return peek(key, 1);
    }

    @Override
    public Decision peek(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return waiters.peek(policies.of(key, fingerprint), fingerprint, permits, cells.clock());
    }

    @Override
    public Reservation reserve(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return reservations.reserve(policies.of(key, fingerprint), fingerprint, permits);
    }

    // Waiting

    @Override
    public boolean acquire(K key) throws InterruptedException {
        return await(key, 1, QueuedRequests.AS_THE_POLICY_ALLOWS);
    }

    @Override
    public boolean acquire(K key, long permits) throws InterruptedException {
        Permits.check(permits);
        return await(key, permits, QueuedRequests.AS_THE_POLICY_ALLOWS);
    }

    @Override
    public boolean acquire(K key, long permits, Duration maxWait) throws InterruptedException {
        Permits.check(permits);
        return await(key, permits, Durations.nanos("maxWait", maxWait));
    }

    private boolean await(K key, long permits, long patienceNanos) throws InterruptedException {
        long fingerprint = fingerprint(key);
        return waiters.acquire(policies.of(key, fingerprint), fingerprint, permits, patienceNanos);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key) {
        return later(key, 1, QueuedRequests.AS_THE_POLICY_ALLOWS, null);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits) {
        return later(key, permits, QueuedRequests.AS_THE_POLICY_ALLOWS, null);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits, Executor executor) {
        return later(key, permits, QueuedRequests.AS_THE_POLICY_ALLOWS, Objects.requireNonNull(executor, "executor"));
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait) {
        return later(key, permits, Durations.nanos("maxWait", maxWait), null);
    }

    @Override
    public CompletionStage<Decision> acquireAsync(K key, long permits, Duration maxWait, Executor executor) {
        return later(key, permits, Durations.nanos("maxWait", maxWait), Objects.requireNonNull(executor, "executor"));
    }

    private CompletionStage<Decision> later(K key, long permits, long patienceNanos, @Nullable Executor executor) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return waiters.later(policies.of(key, fingerprint), fingerprint, permits, patienceNanos, executor);
    }

    // Leases

    @Override
    public Lease tryEnter(K key) {
        long fingerprint = fingerprint(key);
        return leases.tryEnter(policies.of(key, fingerprint), fingerprint);
    }

    @Override
    public Lease enter(K key, Duration maxWait) throws InterruptedException {
        long nanos = Durations.nanos("maxWait", maxWait);
        long fingerprint = fingerprint(key);
        return leases.enter(policies.of(key, fingerprint), fingerprint, nanos);
    }

    @Override
    public CompletionStage<Lease> enterAsync(K key, Duration maxWait) {
        return laterLease(key, maxWait, null);
    }

    @Override
    public CompletionStage<Lease> enterAsync(K key, Duration maxWait, Executor executor) {
        return laterLease(key, maxWait, Objects.requireNonNull(executor, "executor"));
    }

    private CompletionStage<Lease> laterLease(K key, Duration maxWait, @Nullable Executor executor) {
        long nanos = Durations.nanos("maxWait", maxWait);
        long fingerprint = fingerprint(key);
        return leases.later(policies.of(key, fingerprint), fingerprint, nanos, executor);
    }

    @Override
    public void refund(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        changes.refund(policies.of(key, fingerprint), fingerprint, permits);
    }

    @Override
    public long charge(K key, long permits) {
        Permits.check(permits);
        long fingerprint = fingerprint(key);
        return changes.charge(policies.of(key, fingerprint), fingerprint, permits);
    }

    @Override
    public void reset(K key) {
        long fingerprint = fingerprint(key);
        changes.endCalledBlackout(fingerprint);
        changes.reset(policies.of(key, fingerprint), fingerprint);
    }

    @Override
    public void blackout(K key, Duration duration) {
        long nanos = Durations.nanos("duration", duration);
        changes.blackout(fingerprint(key), nanos);
    }

    @Override
    public Policy policy(K key) {
        return policies.of(key, fingerprint(key)).policy();
    }

    @Override
    public void forgetPolicy(K key) {
        policies.forget(fingerprint(key));
    }

    @Override
    public void update(Policy policy) {
        policies.update(Objects.requireNonNull(policy, "policy"));
    }

    @Override
    public Snapshot snapshot(K key) {
        long fingerprint = fingerprint(key);
        return figures.snapshot(policies.of(key, fingerprint), fingerprint);
    }

    @Override
    public Gauges gauges() {
        return figures.gauges();
    }

    @Override
    public long evictedInDebt() {
        return figures.evictedInDebt();
    }

    @Override
    public String toString() {
        return "Limiter[" + policies + " per key]";
    }

    private long fingerprint(K key) {
        Object reduced = Objects.requireNonNull(
                keyOf.apply(Objects.requireNonNull(key, "key")),
                "the key function returned null: it must return a key for every request");
        return CellTable.fingerprint(hash.of(reduced));
    }
}
