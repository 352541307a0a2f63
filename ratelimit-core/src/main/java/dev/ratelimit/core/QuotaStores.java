package dev.ratelimit.core;

import dev.ratelimit.core.internal.quota.MemoryStore;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;
import java.util.Objects;

/** The quota stores that need nothing but this library. */
public final class QuotaStores {

    private QuotaStores() {}

    /**
     * Returns a new, empty store of this process, whose counters expire by the system's clock.
     *
     * <p>It obeys all rules, and decides all groups as one; but nobody else counts on it, and what it counts ends with
     * the process. It takes 250 bytes or so for each counter that has been counted on, and 150 more for each operation
     * with an id, until the counter expires. It has no thread: what has expired goes when the store is called.
     *
     * @return the store
     */
    public static QuotaStore inMemory() {
        return inMemory(InstantSource.system());
    }

    /**
     * Returns a new, empty store of this process: see {@link #inMemory()}.
     *
     * @param clock by which counters expire
     * @return the store
     */
    public static QuotaStore inMemory(InstantSource clock) {
        return new MemoryStore(Objects.requireNonNull(clock, "clock"));
    }
}
