package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import dev.ratelimit.Lease;
import dev.ratelimit.Policy;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.concurrency.Bounds;
import dev.ratelimit.core.internal.concurrency.ReclaimListener;
import dev.ratelimit.core.internal.concurrency.Slot;
import dev.ratelimit.core.internal.concurrency.Slots;
import dev.ratelimit.core.internal.waiting.Timers;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a limiter's keys: a slot first, then the permit that goes with it.
 *
 * <p>So a slot that is refused has spent no permit, and a permit that is refused gives its slot back at once. A limiter
 * whose policies bound no number at once has no slots.
 */
final class Leases {

    private final TimeSource time;
    private final Waiters waiters;
    private final ReclaimListener listener;
    private volatile @Nullable Slots slots;

    Leases(TimeSource time, Waiters waiters, ReclaimListener listener) {
        this.time = time;
        this.waiters = waiters;
        this.listener = listener;
    }

    Lease tryEnter(PolicyBudgets budgets, long key) {
        Bounds bounds = budgets.bounds();
        if (bounds == null) {
            return lease(budgets.decide(key, 1, time.nanos()));
        }
        Slot slot = slots().tryEnter(key, bounds);
        return slot == null ? refused(budgets.policy()) : slot.lease(() -> budgets.decide(key, 1, time.nanos()));
    }

    Lease enter(PolicyBudgets budgets, long key, long longestWaitNanos) throws InterruptedException {
        Bounds bounds = budgets.bounds();
        if (bounds == null) {
            return lease(waiters.await(budgets, key, 1));
        }
        Slot slot = slots().enter(key, bounds, longestWaitNanos);
        if (slot == null) {
            return refused(budgets.policy());
        }
        Decision decision;
        try {
            decision = waiters.await(budgets, key, 1);
        } catch (InterruptedException | RuntimeException | Error e) {
            slot.close();
            throw e;
        }
        return slot.lease(() -> decision);
    }

    /** How many slots of a key are in use. */
    int inUse(long key) {
        Slots open = slots;
        return open == null ? 0 : open.inUse(key);
    }

    /** Holds those who wait to other policies, so that they get what is free under these. */
    void rebind(LongFunction<Policy> policyOf) {
        Slots open = slots;
        if (open != null) {
            open.limits(key -> policyOf.apply(key).atOnce().orElse(Integer.MAX_VALUE));
        }
    }

    private static Lease lease(Decision decision) {
        return decision.allowed() ? Lease.granted(decision, () -> {}) : Lease.refused(decision);
    }

    private static Lease refused(Policy policy) {
        return Lease.refused(Decision.tooManyAtOnce().of(policy.name()));
    }

    private Slots slots() {
        Slots open = slots;
        return open == null ? openSlots() : open;
    }

    private synchronized Slots openSlots() {
        Slots open = slots;
        if (open == null) {
            open = new Slots(time, (instant, task) -> Timers.schedule(time, instant, task, null)::cancel, listener);
            slots = open;
        }
        return open;
    }
}
