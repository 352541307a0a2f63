package dev.ratelimit.quota.service;

import dev.ratelimit.quota.service.internal.MemoryBounds;
import dev.ratelimit.quota.service.internal.MemoryStore;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;
import java.util.Objects;

/**
 * A builder of quota stores that hold their counters in this process's memory.
 *
 * <pre>{@code
 * QuotaStore store = QuotaStores.inMemoryBuilder().maxCounters(200_000).build();
 * }</pre>
 *
 * <p><b>A full store</b> removes no counter that is in use: its units could then be used a second time. A call that
 * needs a new counter, or must remember another operation, then fails with {@code NOT_APPLIED}, and the store counts
 * nothing. Calls for existing counters go on. The store removes a counter when it expires, or as soon as it is zero and
 * has no operation to remember. So refused calls take no room.
 *
 * <p>Not thread-safe. No method waits.
 */
public final class MemoryStoreBuilder {

    /** The default maximum number of counters: 1,000,000. */
    public static final int DEFAULT_MAX_COUNTERS = 1_000_000;

    /** The default maximum number of remembered operations: 1,000,000. */
    public static final int DEFAULT_MAX_REMEMBERED_OPERATIONS = 1_000_000;

    private static final int MAX = 100_000_000;

    private int maxCounters = DEFAULT_MAX_COUNTERS;
    private int maxRememberedOperations = DEFAULT_MAX_REMEMBERED_OPERATIONS;
    private InstantSource clock = InstantSource.system();

    MemoryStoreBuilder() {}

    /**
     * Sets the maximum number of counters that the store holds at once. The store holds one counter, of about 250
     * bytes, for each key, quota and window that has not expired.
     *
     * @param maxCounters the number of counters, from 1 to 100,000,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public MemoryStoreBuilder maxCounters(int maxCounters) {
        if (maxCounters < 1 || maxCounters > MAX) {
            throw new IllegalArgumentException("maxCounters must be 1 to " + MAX + ", but was " + maxCounters);
        }
        this.maxCounters = maxCounters;
        return this;
    }

    /**
     * Sets the maximum number of operations with an id that the store remembers at once, of about 150 bytes each. The
     * store remembers each for a day, but not longer than its counter.
     *
     * @param maxRememberedOperations the number of operations, from 0 to 100,000,000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public MemoryStoreBuilder maxRememberedOperations(int maxRememberedOperations) {
        if (maxRememberedOperations < 0 || maxRememberedOperations > MAX) {
            throw new IllegalArgumentException(
                    "maxRememberedOperations must be 0 to " + MAX + ", but was " + maxRememberedOperations);
        }
        this.maxRememberedOperations = maxRememberedOperations;
        return this;
    }

    /**
     * Sets the clock by which counters expire. The default is the system's clock.
     *
     * @param clock the clock
     * @return this builder
     */
    public MemoryStoreBuilder clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Builds an empty store.
     *
     * @return the store
     */
    public QuotaStore build() {
        return new MemoryStore(clock, new MemoryBounds(maxCounters, maxRememberedOperations));
    }
}
