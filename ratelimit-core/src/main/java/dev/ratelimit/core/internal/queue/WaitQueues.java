package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The queues of all keys of a limiter that have waiting calls, or reservations that are not yet due.
 *
 * <p>The lock of its key's stripe guards a queue. Under the lock, no thread waits and no caller's code runs: actions
 * for other calls are recorded ({@link AfterUnlock}), and run after the lock is released.
 *
 * <p><b>Budgets without a queue.</b> A key without a queue is charged without a lock. A caller that has taken permits
 * this way checks <i>afterwards</i> whether there is a queue by now ({@link #isEmpty}, {@link #review}). A queue is
 * added <i>before</i> its budgets are read. So one of the two sees the other: either the queue finds the permits taken,
 * or the new request finds the queue, and gives the permits back.
 */
public final class WaitQueues {

    private static final int STRIPES_PER_PROCESSOR = 8;
    private static final int FEWEST_STRIPES = 64;
    private static final int MAX_STRIPES = 4096;

    private final TimeSource time;
    private final UnaryOperator<PolicyAccount> inForce;
    private final Runnable whenUnlocked;

    /** A virtual time source runs application code on the thread that moves it. */
    private final boolean mayRunCode;

    /** The queues, and what else calls have to look at: see {@link #count()}. */
    private final AtomicInteger queues;

    private final Stripe[] stripes;

    /**
     * Creates queues, all empty.
     *
     * @param time the time source of the budgets
     * @param room the bounds of the number of waiting calls
     * @param queues counts the queues that there are; from zero, but for what else calls have to look at
     * @param blackouts of which keys no call may go
     * @param inForce returns the budgets that have replaced others by now
     * @param whenUnlocked run after each release of a lock
     */
    public WaitQueues(
            TimeSource time,
            WaiterBounds room,
            AtomicInteger queues,
            KeyBlackouts blackouts,
            UnaryOperator<PolicyAccount> inForce,
            Runnable whenUnlocked) {
        this.time = time;
        this.queues = queues;
        this.inForce = inForce;
        this.whenUnlocked = whenUnlocked;
        this.mayRunCode = time instanceof VirtualTimeSource;
        long credit = time == TimeSource.system() ? WaitQueue.CREDIT_NANOS : 0;
        int wanted = Math.max(STRIPES_PER_PROCESSOR * Runtime.getRuntime().availableProcessors(), FEWEST_STRIPES);
        QueueRules rules = new QueueRules(room, blackouts, credit);
        this.stripes = Stream.generate(() -> new Stripe(queues, rules))
                .limit(Math.min(Integer.highestOneBit(wanted), MAX_STRIPES))
                .toArray(Stripe[]::new);
    }

    /** Returns whether no key has a queue, and nothing else is counted with them. */
    public boolean isEmpty() {
        return queues.get() == 0;
    }

    /** Whether a key has no queue; some that have none share the answer with one that has. */
    public boolean isEmpty(long key) {
        return stripe(key).isEmpty();
    }

    /** Returns the number of keys with a queue, and one more while any key may be in a blackout that was called for. */
    public AtomicInteger count() {
        return queues;
    }

    // Requests that do not wait

    /**
     * Reviews a request that took permits without a check of its queue, and gives them back if it may not take them.
     *
     * @param taking takes the permits again
     * @return the decision, or null if there is no queue and the request keeps its permits
     */
    public @Nullable Decision review(PolicyAccount account, long key, long permits, PermitSource taking) {
        return visit(account, key, (queue, now, todo) -> {
            account.refund(key, permits, now);
            queue.release(now, todo);
            return queue.allow(taking, permits, now);
        });
    }

    /** Returns the decision on a {@code peek}; null if there is no queue. */
    public @Nullable Decision look(PolicyAccount account, long key, long permits) {
        return visit(account, key, (queue, now, todo) -> queue.look(permits, now));
    }

    /**
     * Returns the debt of a key at each rate in units, including waiting calls and reservations; null if there is no
     * queue, or the budgets were replaced meanwhile.
     */
    public long @Nullable [] debts(PolicyAccount account, long key) {
        long[] debts = visit(account, key, (queue, now, todo) -> queue.owed(now));
        return debts == null || debts.length != account.rates() ? null : debts;
    }

    /**
     * Takes permits for a reservation, or reserves them for the first instant at which the budgets have them after all
     * waiting calls and reservations.
     *
     * @param longest the longest wait, in nanoseconds
     * @param taking takes the permits if the budgets have them now
     * @param onDeparture receives the decision when the reservation is due
     */
    public ReserveResult reserve(
            PolicyAccount account,
            long key,
            long permits,
            long longest,
            PermitSource taking,
            Consumer<Decision> onDeparture) {
        long now = time.nanos();
        Stripe stripe = stripe(key);
        return locked(stripe, null, todo -> {
            WaitQueue queue = stripe.findOrAdd(key, account, now);
            try {
                queue.bind(inForce.apply(account), now, todo);
                queue.release(now, todo);
                return queue.isOf(account)
                        ? queue.reserve(permits, longest, taking, onDeparture, now)
                        : queue.reserveAnew(permits, longest, onDeparture, now, todo);
            } finally {
                stripe.removeIfIdle(queue);
            }
        });
    }

    /** Cancels a pending reservation; returns whether it was not yet due. */
    public boolean cancel(PolicyAccount account, long key, PendingReservation promise) {
        Boolean wasPending = visit(account, key, (queue, now, todo) -> {
            queue.release(now, todo);
            boolean isPending = promise.isPending();
            queue.cancel(promise, now);
            queue.release(now, todo);
            return isPending;
        });
        if (wasPending == null) {
            promise.cancelCharge();
        }
        return Boolean.TRUE.equals(wasPending);
    }

    // Calls that wait

    /**
     * Takes permits if the budgets have them after all waiting calls. Adds the call to the queue if they will have them
     * in time.
     *
     * @param taking takes the permits if the budgets have them now
     * @param caller the waiting thread or stage
     * @return the decision, or the place in the queue
     */
    JoinResult join(
            PolicyAccount account, long key, long permits, MaxWait patience, PermitSource taking, Caller caller) {
        long now = time.nanos();
        Stripe stripe = stripe(key);
        Waiter waiter = new Waiter(stripe, key, caller, permits, now, now + patience.nanos());
        return locked(stripe, caller, todo -> {
            WaitQueue queue = stripe.findOrAdd(key, account, now);
            try {
                queue.bind(inForce.apply(account), now, todo);
                queue.release(now, todo);
                PermitSource inForce = queue.isOf(account) ? taking : new CurrentBudgets(queue, permits);
                JoinResult joined = queue.join(waiter, patience, inForce, now);
                // The first waiting call may depart where a new request may not: in the room of a cancelled
                // reservation.
                queue.release(now, todo);
                return joined;
            } finally {
                stripe.removeIfIdle(queue);
            }
        });
    }

    /** Called when the instant has come at which a waiter expects its turn. */
    void ring(Waiter waiter) {
        long now = time.nanos();
        locked(waiter.stripe, waiter.caller, todo -> {
            WaitQueue queue = waiter.queue;
            if (queue != null) {
                waiter.isExpected = false;
                queue.bind(inForce.apply(queue.account), now, todo);
                queue.release(now, todo);
                waiter.stripe.removeIfIdle(queue);
            }
            return true;
        });
    }

    /** Removes a waiter from its queue; returns false if it has already left. */
    boolean leave(Waiter waiter) {
        long now = time.nanos();
        Boolean hasLeft = locked(waiter.stripe, null, todo -> {
            WaitQueue queue = waiter.queue;
            if (queue == null) {
                return false;
            }
            queue.remove(waiter);
            queue.release(now, todo);
            waiter.stripe.removeIfIdle(queue);
            return true;
        });
        return Boolean.TRUE.equals(hasLeft);
    }

    /** Gives back the unused permits with which a waiter left the queue. To be called once. */
    void giveBack(Waiter waiter) {
        Runnable cancellation = waiter.cancellation;
        if (cancellation != null) {
            cancellation.run();
            release(waiter.key);
        }
    }

    // Changes

    /** Lets waiting calls depart, after permits were given back to the budgets of a key. */
    public void refunded(PolicyAccount account, long key, long permits) {
        visit(account, key, (queue, now, todo) -> {
            queue.promises.refund(queue.account, permits);
            queue.release(now, todo);
            return true;
        });
    }

    /** Voids reservations and lets waiting calls depart, after a key was reset. */
    public void reset(PolicyAccount account, long key) {
        visit(account, key, (queue, now, todo) -> {
            queue.promises.clear(todo);
            queue.release(now, todo);
            return true;
        });
    }

    /** Lets waiting calls depart, after the instant of a reservation has come or the budgets got permits. */
    public void release(long key) {
        visit(null, key, (queue, now, todo) -> {
            queue.release(now, todo);
            return true;
        });
    }

    /**
     * Those that wait have to wait for longer: those that cannot are refused.
     *
     * @param account the budgets that the caller has found, if it has looked
     */
    public void delayed(@Nullable PolicyAccount account, long key) {
        visit(account, key, (queue, now, todo) -> {
            queue.delayed(now, todo);
            return true;
        });
    }

    /** Moves all queues to the budgets in force, after a change. */
    public void changed() {
        for (Stripe stripe : stripes) {
            for (long key : locked(stripe, null, todo -> stripe.keys())) {
                release(key);
            }
        }
    }

    // Figures

    /** Returns the nanoseconds that the longest-waiting call has waited; zero if no call waits. */
    public long maxWaitNanos() {
        long now = time.nanos();
        long longest = 0;
        for (Stripe stripe : stripes) {
            longest = Math.max(longest, locked(stripe, null, todo -> stripe.maxWait(now)));
        }
        return longest;
    }

    // Locks

    /** Returns whether the current thread holds the lock of a stripe, so that it must not run application code. */
    public boolean isHeldByCurrentThread() {
        for (Stripe stripe : stripes) {
            if (stripe.lock.isHeldByCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    /** An action on the queue of a key. */
    private interface Visit<T> {
        T at(WaitQueue queue, long now, AfterUnlock todo);
    }

    /**
     * Runs an action on the queue of a key, with the given budgets or else those in force; returns null if there is no
     * queue.
     */
    private <T> @Nullable T visit(@Nullable PolicyAccount account, long key, Visit<T> visit) {
        Stripe stripe = stripe(key);
        if (stripe.isEmpty()) {
            // Calls of other keys wait, which must not cost requests of this key a lock.
            return null;
        }
        long now = time.nanos();
        return this.<@Nullable T>locked(stripe, null, todo -> {
            WaitQueue queue = stripe.find(key);
            if (queue == null) {
                return null;
            }
            try {
                // The caller may have found its budgets before a change.
                queue.bind(inForce.apply(account == null ? queue.account : account), now, todo);
                return visit.at(queue, now, todo);
            } finally {
                stripe.removeIfIdle(queue);
            }
        });
    }

    private <T extends @Nullable Object> T locked(Stripe stripe, @Nullable Caller own, Function<AfterUnlock, T> work) {
        AfterUnlock todo = new AfterUnlock();
        stripe.lock.lock();
        try {
            return work.apply(todo);
        } finally {
            stripe.lock.unlock();
            todo.run(own, mayRunCode);
            whenUnlocked.run();
        }
    }

    private Stripe stripe(long key) {
        return stripes[(int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> 32) & (stripes.length - 1)];
    }
}
