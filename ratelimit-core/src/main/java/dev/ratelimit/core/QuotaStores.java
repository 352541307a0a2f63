package dev.ratelimit.core;

import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;

/** The quota stores that need nothing but this library. */
public final class QuotaStores {

    private QuotaStores() {}

    /**
     * Returns a new, empty store of this process, whose counters expire by the system's clock.
     *
     * <p>It obeys all rules, and decides all groups as one; but nobody else counts on it, and what it counts ends with
     * the process. It holds up to {@value MemoryStoreBuilder#DEFAULT_MAX_COUNTERS} counters: see {@link MemoryStoreBuilder}, which
     * sets another number. It has no thread: what has expired goes when the store is called.
     *
     * @return the store
     */
    public static QuotaStore inMemory() {
        return inMemoryBuilder().build();
    }

    /**
     * Returns a new, empty store of this process: see {@link #inMemory()}.
     *
     * @param clock by which counters expire
     * @return the store
     */
    public static QuotaStore inMemory(InstantSource clock) {
        return inMemoryBuilder().clock(clock).build();
    }

    /**
     * Returns a builder of stores of this process, with bounds of their own.
     *
     * @return the builder
     */
    public static MemoryStoreBuilder inMemoryBuilder() {
        return new MemoryStoreBuilder();
    }
}
