package dev.ratelimit.quota.service.internal;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bounds of a store in memory, and how much of them is in use. An operation that does not fit fails: the store
 * forgets nothing that is in use to make room. Thread-safe.
 */
public final class MemoryBounds {

    /**
     * A failure for lack of room. All existing counters still count. It is thrown only in this package; elsewhere it is
     * the cause of a failure.
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
     * Creates bounds of which nothing is in use.
     *
     * @param maxCounters the maximum number of counters, at least 1
     * @param maxRememberedOperations the maximum number of remembered operations, at least 0
     */
    public MemoryBounds(int maxCounters, int maxRememberedOperations) {
        this.maxCounters = maxCounters;
        this.maxRememberedOperations = maxRememberedOperations;
    }

    /** Takes a place for a counter, or throws {@link NoRoom}. */
    void takeCounter() {
        if (counters.incrementAndGet() > maxCounters) {
            counters.decrementAndGet();
            throw new NoRoom("the store in memory is full: it has " + maxCounters
                    + " counters that are in use; set maxCounters to more, or count fewer keys");
        }
    }

    /** Gives back the place of a counter. */
    void leaveCounter() {
        counters.decrementAndGet();
    }

    /** Takes places for remembered operations: all of them, or none and throws {@link NoRoom}. */
    void takeOperations(int count) {
        if (operations.addAndGet(count) > maxRememberedOperations) {
            operations.addAndGet(-count);
            throw new NoRoom("the store in memory is full: it remembers " + maxRememberedOperations
                    + " operations; set maxRememberedOperations to more, or send fewer with an id");
        }
    }

    /** Gives back places of remembered operations. */
    void leaveOperations(int count) {
        operations.addAndGet(-count);
    }

    /** Returns the number of remembered operations. */
    int operations() {
        return operations.get();
    }
}
