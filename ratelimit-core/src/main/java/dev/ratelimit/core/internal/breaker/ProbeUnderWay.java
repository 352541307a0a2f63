package dev.ratelimit.core.internal.breaker;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A probe that runs: either it ends, or it is given up before and its thread interrupted. The thread does other work later, so it is never
 * interrupted after it has heard which of the two came first. Thread-safe.
 */
final class ProbeUnderWay {

    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean over;
    private boolean givenUp;

    ProbeUnderWay(Thread thread) {
        this.thread = thread;
    }

    /** Ends it, by its own thread; false if it was given up before. */
    boolean ends() {
        lock.lock();
        try {
            over = true;
            if (givenUp) {
                Thread.interrupted();
            }
            return !givenUp;
        } finally {
            lock.unlock();
        }
    }

    /** Gives it up; false if it has ended. */
    boolean givesUp() {
        lock.lock();
        try {
            if (!over) {
                givenUp = true;
                thread.interrupt();
            }
            return givenUp;
        } finally {
            lock.unlock();
        }
    }
}
