package dev.ratelimit.core.internal.concurrency;

import dev.ratelimit.TimeSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongToIntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * At most so many slots at once for each key.
 *
 * <p>A key is known by its fingerprint, 64 bits that nobody outside can predict; the key itself is not kept. A key has
 * an {@linkplain Occupancy entry} exactly as long as one of its slots is in use, and an entry is never evicted. So
 * memory follows the slots in use, and nothing else.
 *
 * <p><b>Stripes.</b> Keys are spread over {@linkplain Stripe stripes} by their fingerprint. Each has a lock of its
 * own, under which a handful of fields change; callers for different keys hardly ever meet. Counting, the queue and
 * the deadlines of a key change together under that one lock, which is what makes every operation atomic, and this
 * class's promises short to prove. The lock is never held while anything is waited for, and is not a monitor, so
 * virtual threads do not pin their carriers.
 *
 * <p><b>The limit comes with the call.</b> A key is held to the number that its last caller brought. A smaller one
 * binds at once, and leaves open slots alone: nobody enters until fewer than that are in use. With a larger one those
 * who wait get their slots as soon as somebody brings it: {@link #tryEnter}, {@link #enter}, or {@link #limit} and
 * {@link #limits}, which are for just that.
 *
 * <p><b>Waiting.</b> First come, first served. A slot that is given or taken back while somebody waits is never free:
 * under the same lock it is handed to the first who waits, and nobody barges in between. Whether a waiter has a slot
 * or has given up is decided under that lock, too, once: it is in the queue, and whoever takes it out has decided. Threads
 * that wait ({@link #enter}) and calls that are left ({@link #enterLater}) stand in one queue.
 *
 * <p><b>Lease timeout.</b> It begins when a slot is handed to a caller who can use it: at once for {@link #tryEnter}, and
 * with {@link Slot#begin} or {@link Slot#lease} for those who may have waited, and may have to wait for permits, too.
 * A slot that has been held for so long is taken back and reported. That happens when somebody
 * finds its key full, or at the wake-up that each stripe has set for the earliest of its deadlines, whichever comes
 * first. Setting one is rare: while slots are closed in time, once per lease timeout and stripe, because a wake-up that
 * finds nothing to do sets the next, and is not cancelled when a slot is closed. No thread is needed but the one that
 * runs wake-ups.
 *
 * <p><b>Errors.</b> A thread that runs out of memory or stack leaves no lock taken and nothing half done: see
 * {@link Stripe}.
 *
 * <p><b>With rates.</b> Slot first, then permits: see {@link Slot#lease}.
 */
public final class Slots {

    /** The bits of a mixed fingerprint that may choose the stripe; the others choose within it. */
    static final int STRIPE_BITS = 12;

    private static final int STRIPES_PER_PROCESSOR = 8;
    private static final int FEWEST_STRIPES = 64;

    private final TimeSource time;
    private final Wakeups wakeups;
    private final Stripe[] stripes;

    /**
     * Creates slots, none of which is in use.
     *
     * @param time the time of waits and holds
     * @param wakeups what ends waits and holds in time
     * @param listener who is told of slots that were taken back
     */
    public Slots(TimeSource time, Wakeups wakeups, ReclaimListener listener) {
        this(time, wakeups, listener, stripesFor(Runtime.getRuntime().availableProcessors()));
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

    /** A power of two. */
    private static int stripesFor(int processors) {
        int wanted = Math.max(STRIPES_PER_PROCESSOR * processors, FEWEST_STRIPES);
        return Math.min(Integer.highestOneBit(wanted), 1 << STRIPE_BITS);
    }

    /**
     * Opens a slot for a key, if fewer than its limit are in use and nobody waits; its lease timeout begins at once. Never
     * waits.
     */
    public @Nullable Slot tryEnter(long fingerprint, ConcurrencyBounds bounds) {
        return stripe(fingerprint).tryEnter(fingerprint, bounds);
    }

    /**
     * Opens a slot for a key, and waits for it if need be, behind all who wait already; its lease timeout is yet to
     * {@linkplain Slot#begin begin}. A time of zero or less does not wait.
     *
     * @return the slot; {@link SlotRefusal#TOO_MANY_CONCURRENT} if the time is over first; {@link SlotRefusal#TOO_MANY_WAITING} at once
     *     if it would have to wait, and as many wait as may
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
            return SlotRefusal.TOO_MANY_CONCURRENT;
        }
        long now = time.nanos();
        Waiter waiter = stripe.queue(fingerprint, bounds, new WaitingThread(), now);
        return waiter == null ? SlotRefusal.TOO_MANY_WAITING : WaitingThread.await(waiter, wakeups, now + maxWaitNanos);
    }

    /**
     * Does what {@link #enter} does, but without a thread that waits.
     *
     * @param then is told the outcome, once, unless the caller gives up before. Called without a lock: by this thread before
     *     the method returns, if nothing has to be waited for; otherwise by the one that gives a slot back, takes it back,
     *     or brings a larger limit, or by the one that runs wake-ups. Others wait for that thread, so this must be short.
     *     If it throws, the slot is given back, and the exception goes to that thread's handler of uncaught exceptions, or
     *     to the caller.
     * @return what gives up; without effect once the outcome is told
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
            call.make(SlotRefusal.TOO_MANY_CONCURRENT);
            return call;
        }
        long now = time.nanos();
        Waiter waiter = stripe.queue(fingerprint, bounds, call, now);
        if (waiter == null) {
            call.make(SlotRefusal.TOO_MANY_WAITING);
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

    /** Holds a key to another limit until a caller brings one; those who wait get the slots that this frees. */
    public void limit(long fingerprint, int maxConcurrent) {
        stripe(fingerprint).limit(fingerprint, maxConcurrent);
    }

    /** Does the same for every key that somebody waits for. */
    public void limits(LongToIntFunction maxConcurrentOf) {
        for (Stripe stripe : stripes) {
            for (Occupancy awaited : stripe.read(Slots::awaited)) {
                stripe.limit(awaited.fingerprint, maxConcurrentOf.applyAsInt(awaited.fingerprint));
            }
        }
    }

    /** How many slots of a key are in use, including one that is overdue if nobody has noticed yet. */
    public int inUse(long fingerprint) {
        return read(fingerprint, occupancy -> occupancy.inUse);
    }

    /** How many wait for a slot of a key. */
    public int waiting(long fingerprint) {
        return read(fingerprint, Occupancy::waiting);
    }

    /** How many keys have slots in use, and so an entry. */
    public int keys() {
        return (int) sum(stripe -> stripe.occupancies().size());
    }

    /** How many slots of all keys are in use. Reads a number of each stripe, one after the other. */
    public long inUse() {
        return sum(Stripe::inUse);
    }

    /** How many wait for slots of all keys. Reads a number of each stripe, one after the other. */
    public long waiting() {
        return sum(Stripe::waiting);
    }

    /**
     * For how long the one has waited that came first of all who wait, in nanoseconds; zero if nobody waits. Goes through
     * the keys of those stripes in which somebody waits.
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
        return stripes[mix(fingerprint) & (stripes.length - 1)];
    }

    /** Spreads a fingerprint over 32 bits: the upper half of the product with 2^64 divided by the golden ratio. */
    static int mix(long fingerprint) {
        return (int) ((fingerprint * 0x9E37_79B9_7F4A_7C15L) >>> 32);
    }
}
