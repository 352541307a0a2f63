package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.queue.PendingReservation.ReserveResult;
import dev.ratelimit.core.internal.stripes.Striping;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

    private final TimeSource time;

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
        QueueRules rules = new QueueRules(time, room, blackouts, inForce, whenUnlocked);
        this.stripes = Stream.generate(() -> new Stripe(queues, rules))
                .limit(Striping.count())
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
        return stripe(key).visit(account, key, (queue, now, todo) -> {
            account.refund(key, permits, now);
            queue.release(now, todo);
            return new NewRequest(queue, permits, now).allow(taking);
        });
    }

    /** Returns the decision on a {@code peek}; null if there is no queue. */
    public @Nullable Decision look(PolicyAccount account, long key, long permits) {
        return stripe(key).visit(account, key, (queue, now, todo) -> new NewRequest(queue, permits, now).look());
    }

    /**
     * Returns the debt of a key at each rate in units, including waiting calls and reservations; null if there is no
     * queue, or the budgets were replaced meanwhile.
     */
    public long @Nullable [] debts(PolicyAccount account, long key) {
        long[] debts = stripe(key).visit(account, key, (queue, now, todo) -> NewRequest.tail(queue, now, 0));
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
        return stripe(key).visitOrAdd(account, key, null, time.nanos(), (queue, now, todo) -> {
            queue.release(now, todo);
            NewRequest request = new NewRequest(queue, permits, now);
            return queue.isOf(account)
                    ? request.reserve(longest, taking, onDeparture)
                    : request.reserveAnew(longest, onDeparture, todo);
        });
    }

    /** Cancels a pending reservation; returns whether it was not yet due. */
    public boolean cancel(PolicyAccount account, long key, PendingReservation promise) {
        Boolean wasPending = stripe(key).visit(account, key, (queue, now, todo) -> {
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
    NewRequest.JoinResult join(
            PolicyAccount account,
            long key,
            long permits,
            Waiting.MaxWait patience,
            PermitSource taking,
            Caller caller) {
        long came = time.nanos();
        Stripe stripe = stripe(key);
        Waiter waiter = new Waiter(stripe, key, caller, permits, came, came + patience.nanos());
        return stripe.visitOrAdd(account, key, caller, came, (queue, now, todo) -> {
            queue.release(now, todo);
            NewRequest request = new NewRequest(queue, permits, now);
            NewRequest.JoinResult joined =
                    queue.isOf(account) ? request.join(waiter, patience, taking) : request.joinAnew(waiter, patience);
            // The first waiting call may depart where a new request may not: in the room of a cancelled reservation.
            queue.release(now, todo);
            return joined;
        });
    }

    // Changes

    /** Lets waiting calls depart, after permits were given back to the budgets of a key. */
    public void refunded(PolicyAccount account, long key, long permits) {
        stripe(key).visit(account, key, (queue, now, todo) -> {
            queue.promises.refund(queue.account, permits);
            queue.release(now, todo);
            return true;
        });
    }

    /** Voids reservations and lets waiting calls depart, after a key was reset. */
    public void reset(PolicyAccount account, long key) {
        stripe(key).visit(account, key, (queue, now, todo) -> {
            queue.promises.clear(todo);
            queue.release(now, todo);
            return true;
        });
    }

    /** Lets waiting calls depart, after the instant of a reservation has come or the budgets got permits. */
    public void release(long key) {
        stripe(key).release(key);
    }

    /**
     * Those that wait have to wait for longer: those that cannot are refused.
     *
     * @param account the budgets that the caller has found, if it has looked
     */
    public void delayed(@Nullable PolicyAccount account, long key) {
        stripe(key).visit(account, key, (queue, now, todo) -> {
            queue.delayed(now, todo);
            return true;
        });
    }

    /** Moves all queues to the budgets in force, after a change. */
    public void changed() {
        for (Stripe stripe : stripes) {
            for (long key : stripe.locked(null, todo -> stripe.keys())) {
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
            longest = Math.max(longest, stripe.locked(null, todo -> stripe.maxWait(now)));
        }
        return longest;
    }

    /** Returns whether the current thread holds the lock of a stripe, so that it must not run application code. */
    public boolean isHeldByCurrentThread() {
        for (Stripe stripe : stripes) {
            if (stripe.lock.isHeldByCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    private Stripe stripe(long key) {
        return stripes[Striping.index(key, stripes.length)];
    }

    /** Takes the permits of a new request, without waiting. */
    @FunctionalInterface
    public interface PermitSource {

        /** Takes the permits at a reading of the clock, or none. */
        Decision at(long clock);
    }

    /**
     * For how long no call of a key may go, whatever its budgets: calls that wait stay in their order, and go
     * afterwards.
     */
    @FunctionalInterface
    public interface KeyBlackouts {

        /** The nanoseconds until the key's blackout ends, at a reading of the clock; zero if it is in none. */
        long nanosLeft(long key, long clock);
    }
}
