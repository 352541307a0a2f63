package dev.ratelimit.core.internal.cells;

import dev.ratelimit.runtime.locks.Headroom;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Spin locks for the insertion of new keys, for cells that get another number, and for refunds. The fingerprint chooses
 * one of 64. Each lock is a number that is odd while the lock is held.
 *
 * <p>If a thread reads the number before it searches for a key, and then takes the lock at the same number, no key of
 * this stripe was inserted in between. So it need not search again.
 *
 * <p>A lock is held for about ten nanoseconds, and its holder never waits. A thread that finds a lock held for longer,
 * because its holder is not running, yields for a moment ({@link Attempts}). A thread that is short of stack fails
 * before it takes the lock ({@link Headroom}), and not between the writes that hand a place over.
 */
final class Stripes {

    private static final int COUNT = 64;

    /** The number of bits of a fingerprint below those that choose the stripe. */
    private static final int STRIPE_BITS = 12;

    /** The distance between locks, so that each has its own cache line. */
    private static final int SPACING = 8;

    private static final VarHandle LOCK = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] locks = new long[(COUNT + 1) * SPACING];

    Stripes() {
        // The first call of each method links it, which may need any depth of stack. At this point no lock is held.
        unlock(0, lock(0));
        Attempts.pause(0);
    }

    /** Returns the number of a key's stripe, once its lock is not held. */
    long read(long fingerprint) {
        int stripe = stripe(fingerprint);
        int failed = 0;
        while (true) {
            long number = (long) LOCK.getVolatile(locks, stripe);
            if ((number & 1) == 0) {
                return number;
            }
            failed = Attempts.pause(failed);
        }
    }

    /** Takes the lock, if no thread has held it since its number was read. */
    boolean tryLock(long fingerprint, long number) {
        Headroom.forOne();
        return LOCK.compareAndSet(locks, stripe(fingerprint), number, number + 1);
    }

    /** Takes the lock once it is free; returns the number with which to unlock it. */
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

    /** Waits until all threads that hold a lock now have unlocked it. */
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
