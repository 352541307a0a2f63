package dev.ratelimit.quota.service;

import dev.ratelimit.quota.service.internal.LaterStore;
import dev.ratelimit.quota.spi.QuotaStore;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Supplier;

/** Factory of the quota stores that need only this library. */
public final class QuotaStores {

    private QuotaStores() {}

    /**
     * Returns a new, empty store of this process, whose counters expire by the system's clock.
     *
     * <p>It obeys all rules of stores, and decides all groups atomically. But no other process shares it, and its
     * counters are lost when the process ends. It holds up to {@value MemoryStoreBuilder#DEFAULT_MAX_COUNTERS}
     * counters; {@link MemoryStoreBuilder} sets another number. It has no thread: calls of the store remove expired
     * counters.
     *
     * @return the store
     */
    public static QuotaStore inMemory() {
        return inMemoryBuilder().build();
    }

    /**
     * Returns a new, empty store of this process: see {@link #inMemory()}.
     *
     * @param clock the clock by which counters expire
     * @return the store
     */
    public static QuotaStore inMemory(InstantSource clock) {
        return inMemoryBuilder().clock(clock).build();
    }

    /**
     * Returns a builder of stores of this process with configurable bounds.
     *
     * @return the builder
     */
    public static MemoryStoreBuilder inMemoryBuilder() {
        return new MemoryStoreBuilder();
    }

    /**
     * Returns a store that is opened in the background, so that an application can start while its store is down.
     *
     * <pre>{@code
     * QuotaStore store = QuotaStores.startWithout(() -> RedisQuotaStore.connect(uri));
     * QuotaService quotas = Quotas.builder(store)
     *         .quota(monthly)
     *         .whenUnavailable(WhenUnavailable.local(0.1))
     *         .build();
     * }</pre>
     *
     * <p>This method does not wait. The first attempt begins at once. A request waits for it up to the request's
     * deadline. The service then answers as {@link dev.ratelimit.WhenUnavailable} says. After a failure, the service's
     * probes of the store try again, every 0.1 to 2 s, and no caller waits for them. A bad argument of the store counts
     * as a failure, too. To get an exception for it at once, create the builder outside, and pass
     * {@code builder::build}.
     *
     * @param opener connects to the store; one thread of the library at a time calls it until it returns a store
     * @return the store; closing it closes the opened store
     */
    public static QuotaStore startWithout(Supplier<? extends QuotaStore> opener) {
        return new LaterStore(Objects.requireNonNull(opener, "opener"));
    }
}
