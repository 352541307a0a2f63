package dev.ratelimit.core;

import dev.ratelimit.core.internal.quota.LaterStore;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Supplier;

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

    /**
     * Returns a store that is opened in the background, so that an application starts although its store is down.
     *
     * <pre>{@code
     * QuotaStore store = QuotaStores.startWithout(() -> RedisQuotaStore.connect(uri));
     * QuotaService quotas = Quotas.builder(store)
     *         .quota(monthly)
     *         .whenUnavailable(WhenUnavailable.local(0.1))
     *         .build();
     * }</pre>
     *
     * <p>This method waits for nothing. The first attempt begins at once; requests wait for it, up to their deadline, and are then
     * answered as the service was told for a store that is away. After a failure the service's probes of the store try again,
     * each 0.1 to 2 s, and no caller waits for them. What is wrong with the arguments of the store is a failure like any
     * other here; so make its builder outside, and pass {@code builder::build}.
     *
     * @param opener what connects to the store; called by one thread of the library's at a time until it returns
     * @return the store, which closes the one that was opened
     */
    public static QuotaStore startWithout(Supplier<? extends QuotaStore> opener) {
        return new LaterStore(Objects.requireNonNull(opener, "opener"));
    }
}
