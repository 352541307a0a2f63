package dev.ratelimit.core.internal.locks;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * A lock that parks waiting threads, is not reentrant, and has no owner.
 *
 * <p>It exists because {@link Headroom} does not work with {@code ReentrantLock}. At the end of the stack, HotSpot lets
 * methods with the annotation {@code @ReservedStackAccess}, and compiled code into which they were inlined, continue
 * into a reserved page, and throws when they return. So {@code lock} may throw and still hold the lock, and a caller
 * may throw after it has done all its work. No method here has that annotation.
 */
public final class Mutex {

    /** The state of one bit, and the queue of waiting threads. */
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

    /** Creates a free lock. */
    public Mutex() {}

    /** Takes the lock, and waits until it is free. */
    public void lock() {
        sync.acquire(1);
    }

    /** Takes the lock if it is free. */
    public boolean tryLock() {
        return sync.tryAcquire(1);
    }

    /** Releases the lock, which the caller holds. */
    public void unlock() {
        sync.release(1);
    }

    /** Returns whether the lock is held. */
    public boolean isLocked() {
        return sync.isHeld();
    }
}
