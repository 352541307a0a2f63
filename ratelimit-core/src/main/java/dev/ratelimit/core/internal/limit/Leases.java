package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.concurrency.Admission;
import dev.ratelimit.core.internal.concurrency.ConcurrencyBounds;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.concurrency.Slots;
import dev.ratelimit.runtime.timers.Timers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a limiter's keys. A call first gets a slot, and then a permit from the budgets that are in force by
 * then. The lease timeout begins when it has both.
 *
 * <p>So a refused slot costs no permit, and a refused permit gives its slot back at once. A limiter whose policies do
 * not bound concurrency has no slots.
 */
final class Leases {

    private final TimeSource time;
    private final QueuedRequests waiters;
    private final Notifications notifications;
    private final UnaryOperator<PolicyBudgets> inForce;
    private final int mostWaitingPerKey;
    private final Slots.ReclaimListener listener;
    private volatile @Nullable Slots slots;

    /**
     * Creates leases, of which none is held.
     *
     * @param inForce returns the budgets that have replaced others, for calls that have waited for a slot meanwhile
     */
    Leases(
            TimeSource time,
            QueuedRequests waiters,
            Notifications notifications,
            UnaryOperator<PolicyBudgets> inForce,
            int mostWaitingPerKey,
            Slots.ReclaimListener listener) {
        this.time = time;
        this.waiters = waiters;
        this.notifications = notifications;
        this.inForce = inForce;
        this.mostWaitingPerKey = mostWaitingPerKey;
        this.listener = listener;
    }

    /** Takes a lease if one is free and there is a permit now. */
    Lease tryEnter(PolicyBudgets budgets, long key) {
        return told(takeNow(budgets, key));
    }

    private Lease takeNow(PolicyBudgets budgets, long key) {
        ConcurrencyBounds bounds = budgets.bounds();
        if (bounds == null) {
            return lease(waiters.decide(budgets, key, 1, time.nanos()));
        }
        Slot slot = slots().tryEnter(key, bounds);
        return slot == null
                ? refused(budgets.policy(), Admission.Refusal.TOO_MANY_CONCURRENT)
                : slot.lease(() -> waiters.decide(budgets, key, 1, time.nanos()));
    }

    /** Takes a lease, for which the current thread waits if necessary. */
    Lease enter(PolicyBudgets budgets, long key, long maxWaitNanos) throws InterruptedException {
        try {
            return told(await(budgets, key, maxWaitNanos));
        } catch (InterruptedException e) {
            notifications.gaveUp(budgets.policy().name(), 1);
            throw e;
        }
    }

    private Lease await(PolicyBudgets budgets, long key, long maxWaitNanos) throws InterruptedException {
        ConcurrencyBounds bounds = budgets.bounds();
        if (bounds == null) {
            return lease(waiters.await(budgets, key, 1, QueuedRequests.AS_THE_POLICY_ALLOWS));
        }
        Admission admission = slots().enter(key, queued(bounds), maxWaitNanos);
        PolicyBudgets current = inForce.apply(budgets);
        if (!(admission instanceof Slot slot)) {
            return refused(current.policy(), admission);
        }
        Decision decision;
        try {
            decision = waiters.await(current, key, 1, QueuedRequests.AS_THE_POLICY_ALLOWS);
        } catch (InterruptedException | RuntimeException | Error e) {
            slot.close();
            throw e;
        }
        return slot.lease(() -> decision);
    }

    /** Takes a lease for an asynchronous call, without a waiting thread. */
    CompletableFuture<Lease> later(PolicyBudgets budgets, long key, long maxWaitNanos, @Nullable Executor executor) {
        ConcurrencyBounds bounds = budgets.bounds();
        LaterLease later = new LaterLease(time, waiters, notifications, inForce, budgets, key, executor);
        if (bounds == null) {
            later.slotless();
        } else {
            later.by(slots().enterLater(key, queued(bounds), maxWaitNanos, later::allowed));
        }
        return later.stage();
    }

    /** Returns the bounds for a caller that waits. */
    private ConcurrencyBounds queued(ConcurrencyBounds bounds) {
        return new ConcurrencyBounds(bounds.maxConcurrent(), bounds.leaseTimeoutNanos(), mostWaitingPerKey);
    }

    /** Returns the number of slots in use, over all keys. */
    long inUse() {
        Slots open = slots;
        return open == null ? 0 : open.inUse();
    }

    /** Returns the number of callers that wait for slots. */
    long waiting() {
        Slots open = slots;
        return open == null ? 0 : open.waiting();
    }

    /** Returns the time that the longest-waiting caller has waited for a slot so far. */
    long maxWaitNanos() {
        Slots open = slots;
        return open == null ? 0 : open.maxWaitingNanos();
    }

    /** Returns the number of slots of a key in use. */
    int inUse(long key) {
        Slots open = slots;
        return open == null ? 0 : open.inUse(key);
    }

    /** Applies new policies to waiting calls, so that they get slots that are free under these. */
    void rebind(LongFunction<Policy> policyOf) {
        Slots open = slots;
        if (open != null) {
            open.limits(key -> policyOf.apply(key).maxConcurrent().orElse(Integer.MAX_VALUE));
        }
    }

    private Lease told(Lease lease) {
        notifications.decided(lease.decision(), 1);
        return lease;
    }

    static Lease lease(Decision decision) {
        return decision.allowed() ? Lease.allowed(decision, () -> {}) : Lease.refused(decision);
    }

    static Lease refused(Policy policy, Admission none) {
        Decision decision =
                none == Admission.Refusal.TOO_MANY_WAITING ? Decision.tooManyWaiting() : Decision.tooManyConcurrent();
        return Lease.refused(decision.withPolicy(policy.name()));
    }

    private Slots slots() {
        Slots open = slots;
        return open == null ? openSlots() : open;
    }

    private synchronized Slots openSlots() {
        Slots open = slots;
        if (open == null) {
            open = new Slots(time, (instant, task) -> Timers.schedule(time, instant, task)::cancel, listener);
            slots = open;
        }
        return open;
    }
}
