package dev.ratelimit.core.internal.queue;

import java.util.concurrent.atomic.AtomicInteger;

/** How many calls of a limiter may wait, all together and for each key. Thread-safe. */
public final class WaiterBounds {

    private final int most;
    private final int mostPerKey;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Creates an empty one.
     *
     * @param most how many calls may wait, at least 1
     * @param mostPerKey how many of them for one key, at least 1
     */
    public WaiterBounds(int most, int mostPerKey) {
        this.most = most;
        this.mostPerKey = mostPerKey;
    }

    /** How many calls of one key may wait. */
    public int mostPerKey() {
        return mostPerKey;
    }

    /** Whether other keys still find a place when one key has all that it may. */
    boolean isForSeveralKeys() {
        return mostPerKey < most;
    }

    /** How many calls wait. */
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
