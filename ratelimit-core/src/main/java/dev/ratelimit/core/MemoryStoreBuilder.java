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
 * <p><b>A full store</b> forgets nothing that is in use, for what it forgot could be used once more. A call that needs
 * a new counter, or another operation to be remembered, then fails, with nothing counted and {@code NOT_APPLIED};
 * calls for counters that are there go on. Counters leave when they expire, and as soon as they show zero with nothing
 * to remember, so denied calls take no room.
 *
 * <p>Not thread-safe. Nothing waits.
 */
public final class MemoryStoreBuilder {

    /** The number of counters, unless it is set: 1,000,000. */
    public static final int DEFAULT_MAX_COUNTERS = 1_000_000;

    /** The number of operations that are remembered, unless it is set: 1,000,000. */
    public static final int DEFAULT_MAX_REMEMBERED_OPERATIONS = 1_000_000;

    private static final int MAX = 100_000_000;

    private int maxCounters = DEFAULT_MAX_COUNTERS;
    private int maxRememberedOperations = DEFAULT_MAX_REMEMBERED_OPERATIONS;
    private InstantSource clock = InstantSource.system();

    MemoryStoreBuilder() {}

    /**
     * Sets how many counters there can be at once: one for each key, quota and window that has not expired, at some
     * 250 bytes.
     *
     * @param maxCounters from 1 to 100,000,000
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
     * Sets how many operations with an id can be remembered at once, at some 150 bytes. Each is remembered for a day,
     * and not longer than its counter.
     *
     * @param maxRememberedOperations from 0 to 100,000,000
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
     * Sets the clock by which counters expire; the default is the system's.
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
