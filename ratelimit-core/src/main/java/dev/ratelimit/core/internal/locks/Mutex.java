package dev.ratelimit.core.internal.locks;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * A lock that parks those who wait for it, is not reentrant, and knows no owner.
 *
 * <p>It is there because {@link Headroom} cannot vouch for {@code ReentrantLock}: at the end of the stack HotSpot lets methods
 * that are marked for it ({@code @ReservedStackAccess}), and compiled code into which they were inlined, run on into a
 * reserved page, and throws when they return. So {@code lock} may throw and hold the lock, and a caller may have done all
 * its work and throw. Nothing here is marked.
 */
public final class Mutex {

    /** The one bit, and the queue of those who wait for it. */
    private static final class Sync extends AbstractQueuedSynchronizer {

        private static final long serialVersionUID = 1;

        @Override
        protected boolean tryAcquire(int unused) {
            return compareAndSetState(0, 1);
        }

        @Override
        protected boolean tryRelease(int unused) {
            setState(0);
            return true;
        }

        boolean isHeld() {
            return getState() != 0;
        }
    }

    private final Sync sync = new Sync();

    /** Creates one that nobody holds. */
    public Mutex() {}

    /** Takes the lock, and waits for it if need be. */
    public void lock() {
        sync.acquire(1);
    }

    /** Takes the lock, unless somebody holds it. */
    public boolean tryLock() {
        return sync.tryAcquire(1);
    }

    /** Gives the lock up; the caller holds it. */
    public void unlock() {
        sync.release(1);
    }

    /** Whether somebody holds it. */
    public boolean isLocked() {
        return sync.isHeld();
    }
}
