package dev.ratelimit.core.internal.concurrency;

import java.util.concurrent.atomic.AtomicInteger;

/** A broken twin of {@link OneKey}: it looks whether there is room, or whether a lease is open, and only then acts. */
final class BrokenLeases {

    private final int limit;
    private final AtomicInteger inUse = new AtomicInteger();

    BrokenLeases(int limit) {
        this.limit = limit;
    }

    boolean enter() {
        if (inUse.get() >= limit) {
            return false;
        }
        inUse.incrementAndGet();
        return true;
    }

    int inUse() {
        return inUse.get();
    }

    /** A lease that closes, or is taken back, as often as two threads find it open at once. */
    final class Open {
        private volatile boolean open = enter();

        void close() {
            if (open) {
                open = false;
                inUse.decrementAndGet();
            }
        }
    }
}
