package dev.ratelimit.core;

import dev.ratelimit.core.internal.quota.MemoryBounds;
import dev.ratelimit.core.internal.quota.MemoryStore;
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
 * <p><b>A full store</b> forgets no counter that is in use, because its units could then be used again. A call that
 * needs a new counter, or must remember another operation, then fails with {@code NOT_APPLIED}, and nothing is counted.
 * Calls for existing counters go on. A counter is removed when it expires, or as soon as it is zero and has no
 * operation to remember. So refused calls take no room.
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
     * Sets the maximum number of counters at once. There is one for each key, quota and window that has not expired, of
     * about 250 bytes.
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
     * Sets the maximum number of operations with an id that are remembered at once, of about 150 bytes each. Each is
     * remembered for a day, but not longer than its counter.
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
