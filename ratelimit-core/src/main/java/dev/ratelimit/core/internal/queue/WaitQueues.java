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
 * The queues of all keys of a limiter for which calls wait, or reservations are not yet due.
 *
 * <p>A queue is guarded by the lock of its key's stripe. Under it nothing is waited for, and no caller's code runs: what has to
 * be done for others is noted ({@link AfterUnlock}) and done when the lock is free.
 *
 * <p><b>Budgets without a queue.</b> A key that has no queue is charged without a lock. A caller that has taken permits so
 * looks <i>afterwards</i> whether there is a queue by now ({@link #isEmpty}, {@link #review}); a queue is there <i>before</i> its
 * budgets are read. So one of the two sees the other: either the queue finds the permits gone, or the newcomer finds the
 * queue, and gives them back.
 */
public final class WaitQueues {

    private static final int STRIPES_PER_PROCESSOR = 8;
    private static final int FEWEST_STRIPES = 64;
    private static final int MAX_STRIPES = 4096;

    private final TimeSource time;
    private final UnaryOperator<PolicyAccount> inForce;
    private final Runnable whenUnlocked;

    /** A virtual time runs the code of applications on the thread that moves it. */
    private final boolean mayRunCode;

    /** The queues, and what else calls have to look at: see {@link #count()}. */
    private final AtomicInteger queues;

    private final Stripe[] stripes;

    /**
     * Creates queues, all empty.
     *
     * @param time the time of the budgets
     * @param room how many calls may wait
     * @param queues counts the queues that there are; from zero, but for what else calls have to look at
     * @param blackouts of which keys no call may go
     * @param inForce the budgets that have taken the place of others by now
     * @param whenUnlocked run whenever a lock was given up
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
        this.stripes = Stream.generate(() -> new Stripe(queues, room, blackouts, credit))
                .limit(Math.min(Integer.highestOneBit(wanted), MAX_STRIPES))
                .toArray(Stripe[]::new);
    }

    /** Whether no key has a queue, and nothing else is counted with them. */
    public boolean isEmpty() {
        return queues.get() == 0;
    }

    /** Whether a key has no queue; some that have none share the answer with one that has. */
    public boolean isEmpty(long key) {
        return stripe(key).isEmpty();
    }

    /** How many keys have a queue, and one more while any key may be in a blackout that was called for. */
    public AtomicInteger count() {
        return queues;
    }

    // Newcomers that do not wait

    /**
     * Looks again at a request that took permits without a look at its queue; gives them back if they are not its to take.
     *
     * @param taking takes them again
     * @return the answer, or null if there is no queue and what was taken is taken
     */
    public @Nullable Decision review(PolicyAccount account, long key, long permits, PermitSource taking) {
        return visit(account, key, (queue, now, todo) -> {
            account.refund(key, permits, now);
            queue.release(now, todo);
            return queue.allow(taking, permits, now);
        });
    }

    /** What a request would be answered that takes nothing; null if there is no queue. */
    public @Nullable Decision look(PolicyAccount account, long key, long permits) {
        return visit(account, key, (queue, now, todo) -> queue.look(permits, now));
    }

    /**
     * What a key owes at each rate, with what it waits for and has reserved, in units; null if there is no queue, or the budgets
     * were replaced meanwhile.
     */
    public long @Nullable [] debts(PolicyAccount account, long key) {
        long[] debts = visit(account, key, (queue, now, todo) -> queue.owed(now));
        return debts == null || debts.length != account.rates() ? null : debts;
    }

    /**
     * Takes permits for a reservation, or promises them for as soon as they are there behind all that waits and is promised.
     *
     * @param longest the longest wait, in nanoseconds
     * @param taking takes them if they are there now
     * @param onDeparture told of the answer when what was promised is due
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

    /** Cancels a promise; returns whether it was not yet due. */
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
     * Takes permits if they are there behind all that waits; puts the call into the queue if they will be in time.
     *
     * @param taking takes them if they are there now
     * @param caller what waits
     * @return the answer, or that it waits
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
                // The first may go where a newcomer that does not wait may not: in the room of a cancelled reservation.
                queue.release(now, todo);
                return joined;
            } finally {
                stripe.removeIfIdle(queue);
            }
        });
    }

    /** The instant has come at which a waiter expects its turn. */
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

    /** Takes a waiter out of its queue; returns false if it has left. */
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

    /** Gives back what a waiter left with, which nobody uses. To be called once. */
    void giveBack(Waiter waiter) {
        Runnable cancellation = waiter.cancellation;
        if (cancellation != null) {
            cancellation.run();
            release(waiter.key);
        }
    }

    // Changes

    /** The budgets of a key were given permits back: those go that may. */
    public void refunded(PolicyAccount account, long key, long permits) {
        visit(account, key, (queue, now, todo) -> {
            queue.promises.refund(queue.account, permits);
            queue.release(now, todo);
            return true;
        });
    }

    /** The budgets of a key are full: what was promised is void, and those go that may. */
    public void reset(PolicyAccount account, long key) {
        visit(account, key, (queue, now, todo) -> {
            queue.promises.clear(todo);
            queue.release(now, todo);
            return true;
        });
    }

    /** Something may go: the instant of a promise has come, or permits are there that were not. */
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

    /** Other budgets may be in force. */
    public void changed() {
        for (Stripe stripe : stripes) {
            for (long key : locked(stripe, null, todo -> stripe.keys())) {
                release(key);
            }
        }
    }

    // Figures

    /** How many nanoseconds the call has waited that has waited longest; zero if none waits. */
    public long maxWaitNanos() {
        long now = time.nanos();
        long longest = 0;
        for (Stripe stripe : stripes) {
            longest = Math.max(longest, locked(stripe, null, todo -> stripe.maxWait(now)));
        }
        return longest;
    }

    // Locks

    /** Whether the current thread holds the lock of a stripe, so that it must not run an application's code. */
    public boolean isHeldByCurrentThread() {
        for (Stripe stripe : stripes) {
            if (stripe.lock.isHeldByCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    /** Something done with the queue of a key. */
    private interface Visit<T> {
        T at(WaitQueue queue, long now, AfterUnlock todo);
    }

    /** Does something with the queue of a key, under the budgets given or else in force; returns null if there is none. */
    private <T> @Nullable T visit(@Nullable PolicyAccount account, long key, Visit<T> visit) {
        Stripe stripe = stripe(key);
        if (stripe.isEmpty()) {
            // Calls for other keys wait: that costs requests for this one no lock.
            return null;
        }
        long now = time.nanos();
        return this.<@Nullable T>locked(stripe, null, todo -> {
            WaitQueue queue = stripe.find(key);
            if (queue == null) {
                return null;
            }
            try {
                // A caller may have found its budgets before a change.
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
