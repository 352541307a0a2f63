package dev.ratelimit.core.internal.queue;

import java.util.concurrent.atomic.AtomicInteger;

/** The bounds of the number of waiting calls of a limiter, in total and for each key. Thread-safe. */
public final class WaiterBounds {

    private final int most;
    private final int mostPerKey;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Creates bounds with no waiting calls.
     *
     * @param most the maximum number of waiting calls, at least 1
     * @param mostPerKey the maximum number of waiting calls of one key, at least 1
     */
    public WaiterBounds(int most, int mostPerKey) {
        this.most = most;
        this.mostPerKey = mostPerKey;
    }

    /** Returns the maximum number of waiting calls of one key. */
    public int mostPerKey() {
        return mostPerKey;
    }

    /** Returns whether other keys still find places when one key has its maximum. */
    boolean isForSeveralKeys() {
        return mostPerKey < most;
    }

    /** Returns the number of waiting calls. */
    public int waiting() {
        return waiting.get();
    }

    /** Takes a place, if one is free. */
    public boolean enter() {
        int before = waiting.get();
        while (before < most) {
            int seen = waiting.compareAndExchange(before, before + 1);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    /** Gives a place back. */
    public void leave() {
        waiting.decrementAndGet();
    }
}
