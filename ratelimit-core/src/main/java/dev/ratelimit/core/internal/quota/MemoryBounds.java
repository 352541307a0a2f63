package dev.ratelimit.core.internal.quota;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much a store in memory keeps, and how much of that is taken. What does not fit is not done: nothing that is in
 * use is forgotten to make room. Thread-safe.
 */
public final class MemoryBounds {

    /**
     * That there is no room for what one operation needs, while all that is there is counted as ever. Thrown only in this package;
     * elsewhere it is the cause of a failure.
     */
    static final class NoRoom extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoRoom(String message) {
            super(message, null, false, false);
        }
    }

    private final int maxCounters;
    private final int maxRememberedOperations;
    private final AtomicInteger counters = new AtomicInteger();
    private final AtomicInteger operations = new AtomicInteger();

    /**
     * Creates bounds of which nothing is taken.
     *
     * @param maxCounters at least 1
     * @param maxRememberedOperations at least 0
     */
    public MemoryBounds(int maxCounters, int maxRememberedOperations) {
        this.maxCounters = maxCounters;
        this.maxRememberedOperations = maxRememberedOperations;
    }

    /** Takes a place of a counter, or throws {@link NoRoom}. */
    void takeCounter() {
        if (counters.incrementAndGet() > maxCounters) {
            counters.decrementAndGet();
            throw new NoRoom("the store in memory is full: it has " + maxCounters
                    + " counters that are in use; set maxCounters to more, or count fewer keys");
        }
    }

    /** Gives the place of a counter back. */
    void leaveCounter() {
        counters.decrementAndGet();
    }

    /** Takes places of remembered operations, or none and throws {@link NoRoom}. */
    void takeOperations(int count) {
        if (operations.addAndGet(count) > maxRememberedOperations) {
            operations.addAndGet(-count);
            throw new NoRoom("the store in memory is full: it remembers " + maxRememberedOperations
                    + " operations; set maxRememberedOperations to more, or send fewer with an id");
        }
    }

    /** Gives places of remembered operations back. */
    void leaveOperations(int count) {
        operations.addAndGet(-count);
    }

    /** How many operations are remembered. */
    int operations() {
        return operations.get();
    }
}
