package dev.ratelimit.cache;

import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bound on loads at once: so many places, and a queue before them, first come, first served.
 *
 * <p>A place is held until the loader has ended, also if nobody waits for it any more: the backend is still at work.
 *
 * <p>The thread that gives a place back begins the next load. It does so in one loop, so that loads which end as soon as they are
 * begun are begun one after the other, and not one within the other. Other threads have loops of their own: a load that runs
 * on the thread that begins it holds up no other.
 */
final class LoadGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final int maxQueue;
    private int free;

    /** The threads that are in their loops. */
    private final Set<Thread> handingOut = ConcurrentHashMap.newKeySet();

    LoadGate(int places, int maxQueue) {
        this.free = places;
        this.maxQueue = maxQueue;
    }

    /** Takes a place if one is free and nobody is before; the caller begins the load then. */
    boolean tryTake() {
        lock.lock();
        try {
            if (free == 0 || !queue.isEmpty()) {
                return false;
            }
            free--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Begins a load, now or when a place is free; false if the queue is full. Beginning must not throw. */
    boolean enter(Runnable begin) {
        lock.lock();
        try {
            if ((free == 0 || !queue.isEmpty()) && queue.size() >= maxQueue) {
                return false;
            }
            queue.add(begin);
        } finally {
            lock.unlock();
        }
        handOut();
        return true;
    }

    /** Takes a load back that waits; false if it has been begun. */
    boolean withdraw(Runnable begin) {
        lock.lock();
        try {
            return queue.remove(begin);
        } finally {
            lock.unlock();
        }
    }

    /** Gives a place back. */
    void leave() {
        lock.lock();
        try {
            free++;
        } finally {
            lock.unlock();
        }
        handOut();
    }

    private void handOut() {
        Thread thread = Thread.currentThread();
        if (!handingOut.add(thread)) {
            // The loop further out goes on when what it has begun returns.
            return;
        }
        try {
            for (Runnable next = next(); next != null; next = next()) {
                next.run();
            }
        } finally {
            handingOut.remove(thread);
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            if (free == 0 || queue.isEmpty()) {
                return null;
            }
            free--;
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }
}
