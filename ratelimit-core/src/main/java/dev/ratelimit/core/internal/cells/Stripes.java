package dev.ratelimit.core.internal.cells;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Spin locks for the insertion of new keys, one of 64 by the fingerprint.
 *
 * <p>They are held for some hundred nanoseconds, and never while anything waits. A thread that finds one held for
 * longer, because its holder is not running, steps aside for a moment.
 */
final class Stripes {

    private static final int COUNT = 64;

    /** Each on a cache line of its own. */
    private static final int SPACING = 16;

    private static final int SPINS = 200;

    private static final long ASIDE_NANOS = 10_000;

    private static final VarHandle LOCK = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] locks = new int[(COUNT + 1) * SPACING];

    void lock(long fingerprint) {
        int stripe = stripe(fingerprint);
        int spins = 0;
        while (!LOCK.compareAndSet(locks, stripe, 0, 1)) {
            if (++spins % SPINS == 0) {
                LockSupport.parkNanos(ASIDE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    void unlock(long fingerprint) {
        LOCK.setRelease(locks, stripe(fingerprint), 0);
    }

    private static int stripe(long fingerprint) {
        // Bits that choose neither home, so that sets and stripes are independent.
        return (1 + (int) ((fingerprint >>> 12) & (COUNT - 1))) * SPACING;
    }
}
