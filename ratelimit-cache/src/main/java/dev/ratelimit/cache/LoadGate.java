package dev.ratelimit.cache;

import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bound on the number of loads at once: a number of places, and a queue for them, first come, first served.
 *
 * <p>A load holds its place until the loader has ended, even if no caller waits for it any more, because the backend is
 * still working.
 *
 * <p>The thread that releases a place begins the next load. It does so in a loop and not recursively, so loads that end
 * as soon as they begin cannot overflow the stack. Each thread has its own loop, so a load that runs on the thread that
 * begins it delays no other load.
 */
final class LoadGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final int maxQueue;
    private int free;

    /** The threads that currently hand out places. */
    private final Set<Thread> handingOut = ConcurrentHashMap.newKeySet();

    LoadGate(int places, int maxQueue) {
        this.free = places;
        this.maxQueue = maxQueue;
    }

    /** Takes a place if one is free and no load is queued; the caller then begins the load. */
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

    /** Withdraws a queued load; false if it has begun. */
    boolean withdraw(Runnable begin) {
        lock.lock();
        try {
            return queue.remove(begin);
        } finally {
            lock.unlock();
        }
    }

    /** Releases a place. */
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
            // The outer loop of this thread goes on when the load that it has begun returns.
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

    /**
     * The place of a load, shared with its nested loads. If a nested load took a second place, it could wait for one
     * while the outer load waits for the nested load.
     *
     * <p>One nested load uses the place at a time. The place is released when the load and all its nested loads have
     * ended.
     */
    static final class Place {

        private final Runnable giveBack;
        private final LoadGate within;
        private final AtomicInteger holders = new AtomicInteger(1);

        Place(Runnable giveBack, int maxQueue) {
            this.giveBack = giveBack;
            this.within = new LoadGate(1, maxQueue);
        }

        /** The gate with a single place for the nested loads. */
        LoadGate within() {
            return within;
        }

        /** Holds the place for one more load; false if it was already released. */
        boolean hold() {
            return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        }

        void leave() {
            if (holders.decrementAndGet() == 0) {
                giveBack.run();
            }
        }
    }
}
