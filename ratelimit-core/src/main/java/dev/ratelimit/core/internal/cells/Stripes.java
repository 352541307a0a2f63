package dev.ratelimit.core.internal.cells;

import dev.ratelimit.core.internal.locks.Headroom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Spin locks for the insertion of new keys, for cells that get another number, and for what is given back: one of 64 by
 * the fingerprint, each a number that is odd while it is held.
 *
 * <p>Who has seen the number before it looked for a key, and then gets the lock from that very number, knows that no key
 * of this stripe was inserted in between, and need not look again.
 *
 * <p>They are held for some ten nanoseconds, and never while anything waits. A thread that finds one held for longer,
 * because its holder is not running, steps aside for a moment. A thread that is short of stack fails before it has the
 * lock ({@link Headroom}), not between the writes that hand a place over.
 */
final class Stripes {

    private static final int COUNT = 64;

    /** Bits of a fingerprint below those that choose the stripe. */
    private static final int STRIPE_BITS = 12;

    /** Each on a cache line of its own. */
    private static final int SPACING = 8;

    private static final int SPINS = 200;

    private static final long ASIDE_NANOS = 10_000;

    private static final VarHandle LOCK = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] locks = new long[(COUNT + 1) * SPACING];

    Stripes() {
        // The first call of each kind links it, which takes any depth of stack, and here no lock is taken yet.
        unlock(0, lock(0));
    }

    /** The number of a key's stripe, once it is not held. */
    long read(long fingerprint) {
        int stripe = stripe(fingerprint);
        int spins = 0;
        while (true) {
            long number = (long) LOCK.getVolatile(locks, stripe);
            if ((number & 1) == 0) {
                return number;
            }
            if (++spins % SPINS == 0) {
                LockSupport.parkNanos(ASIDE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Takes the lock, if nobody has had it since its number was read. */
    boolean tryLock(long fingerprint, long number) {
        Headroom.forOne();
        return LOCK.compareAndSet(locks, stripe(fingerprint), number, number + 1);
    }

    /** Takes the lock once it is not held; returns the number to unlock it by. */
    long lock(long fingerprint) {
        long number = read(fingerprint);
        while (!tryLock(fingerprint, number)) {
            number = read(fingerprint);
        }
        return number;
    }

    void unlock(long fingerprint, long number) {
        LOCK.setRelease(locks, stripe(fingerprint), number + 2);
    }

    /** Waits until everybody has unlocked who holds a lock now. */
    void awaitAll() {
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long fingerprint = (long) stripe << STRIPE_BITS;
            unlock(fingerprint, lock(fingerprint));
        }
    }

    private static int stripe(long fingerprint) {
        // Bits that choose neither home, so that sets and stripes are independent.
        return (1 + (int) ((fingerprint >>> STRIPE_BITS) & (COUNT - 1))) * SPACING;
    }
}
