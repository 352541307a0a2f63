package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.TimeSource;
import dev.ratelimit.core.internal.stripes.Striping;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongToIntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Bounded concurrency for each key: a key has at most a given number of slots in use at once.
 *
 * <p>A key is identified by its fingerprint, 64 bits that clients cannot predict; the key itself is not kept. A key has
 * an {@linkplain Occupancy entry} exactly as long as one of its slots is in use, and an entry is never evicted. So
 * memory is proportional to the slots in use.
 *
 * <p><b>Stripes.</b> Keys are spread over {@linkplain Stripe stripes} by their fingerprint. Each stripe has its own
 * lock, under which a few fields change, so calls of different keys rarely contend. The count, the queue and the
 * deadlines of a key change together under that one lock, which makes every operation atomic and simple to prove
 * correct. A thread never waits while it holds the lock, and the lock is not a monitor, so virtual threads do not pin
 * their carriers.
 *
 * <p><b>The limit comes with the call.</b> The limit of a key is the one that the last call passed. A smaller limit
 * applies at once, but does not close open slots: no call enters until fewer slots than the limit are in use. With a
 * larger limit, waiting calls get their slots as soon as a call passes it: {@link #tryEnter}, {@link #enter}, or
 * {@link #limit} and {@link #limits}, which do only that.
 *
 * <p><b>Waiting.</b> First come, first served. A slot that is given or taken back while calls wait is never free: under
 * the same lock it is handed to the first waiter, so no other call can overtake. Whether a waiter gets a slot or gives
 * up is decided once, under that lock, too: the thread that removes the waiter from the queue decides. Waiting threads
 * ({@link #enter}) and asynchronous calls ({@link #enterLater}) share one queue.
 *
 * <p><b>Lease timeout.</b> It begins when a caller can use its slot: at once for {@link #tryEnter}, and with
 * {@link Slot#begin} or {@link Slot#lease} for calls that may have waited, and may have to wait for permits, too. A
 * slot that has been held for the lease timeout is taken back and reported. This happens when a call finds its key
 * full, or at the wake-up that each stripe has set for the earliest of its deadlines, whichever comes first. Wake-ups
 * are rare: while slots are closed in time, there is one per lease timeout and stripe, because a wake-up that finds
 * nothing to do sets the next one, and is not cancelled when a slot is closed. No thread is needed other than the one
 * that runs wake-ups.
 *
 * <p><b>Errors.</b> A thread that runs out of memory or stack leaves no lock held and no change incomplete: see
 * {@link Stripe}.
 *
 * <p><b>With rates.</b> Slot first, then permits: see {@link Slot#lease}.
 */
public final class Slots {

    private final TimeSource time;
    private final Wakeups wakeups;
    private final Stripe[] stripes;

    /**
     * Creates slots, none of which is in use.
     *
     * @param time the time source of waits and lease timeouts
     * @param wakeups runs tasks that end waits and lease timeouts
     * @param listener the listener for slots that were taken back
     */
    public Slots(TimeSource time, Wakeups wakeups, ReclaimListener listener) {
        this(time, wakeups, listener, Striping.count());
    }

    Slots(TimeSource time, Wakeups wakeups, ReclaimListener listener, int stripes) {
        this(time, wakeups, listener, stripes, AllocationProbe.PLENTY);
    }

    Slots(TimeSource time, Wakeups wakeups, ReclaimListener listener, int stripes, AllocationProbe memory) {
        this.time = time;
        this.wakeups = wakeups;
        this.stripes = Stream.generate(() -> new Stripe(time, wakeups, listener, memory))
                .limit(stripes)
                .toArray(Stripe[]::new);
    }

    /**
     * Opens a slot for a key, if fewer slots than its limit are in use and no call waits. Its lease timeout begins at
     * once. Never waits.
     */
    public @Nullable Slot tryEnter(long fingerprint, ConcurrencyBounds bounds) {
        return stripe(fingerprint).tryEnter(fingerprint, bounds);
    }

    /**
     * Opens a slot for a key, and waits for it if necessary, behind all calls that already wait. Its caller must
     * {@linkplain Slot#begin begin} the lease timeout. A time of zero or less does not wait.
     *
     * @return the slot; {@link Admission.Refusal#TOO_MANY_CONCURRENT} if the time is over first;
     *     {@link Admission.Refusal#TOO_MANY_WAITING} at once if it would have to wait, and the maximum number of calls
     *     waits
     * @throws InterruptedException if the thread is interrupted before it has a slot; it has left the queue
     */
    public Admission enter(long fingerprint, ConcurrencyBounds bounds, long maxWaitNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Stripe stripe = stripe(fingerprint);
        Slot slot = stripe.reserve(fingerprint, bounds);
        if (slot != null) {
            return slot;
        }
        if (maxWaitNanos <= 0) {
            return Admission.Refusal.TOO_MANY_CONCURRENT;
        }
        long now = time.nanos();
        Waiter waiter = stripe.queue(fingerprint, bounds, new WaitingThread(), now);
        return waiter == null
                ? Admission.Refusal.TOO_MANY_WAITING
                : WaitingThread.await(waiter, wakeups, now + maxWaitNanos);
    }

    /**
     * Does the same as {@link #enter}, but without a waiting thread.
     *
     * @param then receives the outcome once, unless the caller gives up before. It is called without a lock: by this
     *     thread before the method returns, if the call does not have to wait; otherwise by the thread that gives a
     *     slot back, takes it back, or passes a larger limit, or by the thread that runs wake-ups. Others wait for that
     *     thread, so this function must be fast. If it throws, the slot is given back, and the exception goes to that
     *     thread's handler of uncaught exceptions, or to the caller.
     * @return the handle that gives up; without effect once the outcome is delivered
     */
    public PendingEntry enterLater(
            long fingerprint, ConcurrencyBounds bounds, long maxWaitNanos, Consumer<? super Admission> then) {
        Stripe stripe = stripe(fingerprint);
        WaitingCall call = new WaitingCall(then);
        Slot slot = stripe.reserve(fingerprint, bounds);
        if (slot != null) {
            return told(call, slot);
        }
        if (maxWaitNanos <= 0) {
            call.make(Admission.Refusal.TOO_MANY_CONCURRENT);
            return call;
        }
        long now = time.nanos();
        Waiter waiter = stripe.queue(fingerprint, bounds, call, now);
        if (waiter == null) {
            call.make(Admission.Refusal.TOO_MANY_WAITING);
        } else {
            call.waits(waiter, wakeups, now + maxWaitNanos);
        }
        return call;
    }

    private static PendingEntry told(WaitingCall call, Slot slot) {
        boolean isTold = false;
        try {
            call.make(slot);
            isTold = true;
        } finally {
            if (!isTold) {
                slot.close();
            }
        }
        return call;
    }

    /** Sets another limit of a key, until the next call passes one. Waiting calls get the slots that this frees. */
    public void limit(long fingerprint, int maxConcurrent) {
        stripe(fingerprint).limit(fingerprint, maxConcurrent);
    }

    /** Does the same for every key with waiting calls. */
    public void limits(LongToIntFunction maxConcurrentOf) {
        for (Stripe stripe : stripes) {
            for (Occupancy awaited : stripe.read(Slots::awaited)) {
                stripe.limit(awaited.fingerprint, maxConcurrentOf.applyAsInt(awaited.fingerprint));
            }
        }
    }

    /** Returns the number of slots of a key in use, including overdue ones that have not been taken back yet. */
    public int inUse(long fingerprint) {
        return read(fingerprint, occupancy -> occupancy.inUse);
    }

    /** Returns the number of calls that wait for a slot of a key. */
    public int waiting(long fingerprint) {
        return read(fingerprint, Occupancy::waiting);
    }

    /** Returns the number of keys with slots in use, which have an entry. */
    public int keys() {
        return (int) sum(stripe -> stripe.occupancies().size());
    }

    /** Returns the number of slots in use, over all keys. Reads one number of each stripe, one after the other. */
    public long inUse() {
        return sum(Stripe::inUse);
    }

    /**
     * Returns the number of calls that wait for slots, over all keys. Reads one number of each stripe, one after the
     * other.
     */
    public long waiting() {
        return sum(Stripe::waiting);
    }

    /**
     * Returns the nanoseconds that the longest-waiting call has waited; zero if no call waits. Scans the keys of
     * stripes with waiting calls.
     */
    public long maxWaitingNanos() {
        long now = time.nanos();
        long longest = 0;
        for (Stripe stripe : stripes) {
            for (Occupancy awaited : stripe.read(Slots::awaited)) {
                longest = Math.max(longest, stripe.read(held -> now - sinceOfFirst(awaited, now)));
            }
        }
        return longest;
    }

    private static List<Occupancy> awaited(Stripe stripe) {
        return stripe.waiting() == 0 ? List.of() : stripe.occupancies().awaited();
    }

    private static long sinceOfFirst(Occupancy occupancy, long ifNone) {
        Waiter first = occupancy.first();
        return first == null ? ifNone : first.since;
    }

    private int read(long fingerprint, ToIntFunction<Occupancy> figure) {
        return stripe(fingerprint).read(stripe -> {
            Occupancy occupancy = stripe.occupancies().find(fingerprint);
            return occupancy == null ? 0 : figure.applyAsInt(occupancy);
        });
    }

    private long sum(Function<Stripe, Integer> figure) {
        long sum = 0;
        for (Stripe stripe : stripes) {
            sum += stripe.read(figure);
        }
        return sum;
    }

    Stripe stripe(long fingerprint) {
        return stripes[Striping.index(fingerprint, stripes.length)];
    }

    /** A call of {@link #enterLater} whose outcome may not be known yet. */
    @FunctionalInterface
    public interface PendingEntry {

        /**
         * Gives up: leaves the queue, and gives back a slot that was handed over but not delivered yet.
         *
         * @return whether the outcome will never be delivered; false if it was or is being delivered, and its receiver
         *     owns the slot
         */
        boolean cancel();
    }

    /** A listener for slots that were taken back, because they were held for too long. */
    @FunctionalInterface
    public interface ReclaimListener {

        /**
         * Called after a slot was taken back, without a lock, by the thread that noticed: a thread that asked for a
         * slot, or the timer's thread, for which other tasks wait. An exception that it throws goes to that thread's
         * handler of uncaught exceptions.
         *
         * @param fingerprint the fingerprint of the slot's key
         * @param heldNanos the time for which it had been held, at least the lease timeout
         */
        void reclaimed(long fingerprint, long heldNanos);
    }
}
