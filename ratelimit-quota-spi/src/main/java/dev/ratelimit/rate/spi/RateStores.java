package dev.ratelimit.rate.spi;

import java.time.InstantSource;
import java.util.Objects;

/** Factory of the rate stores that need only this library. */
public final class RateStores {

    private RateStores() {}

    /**
     * Returns a new, empty store of this process, by the system's clock.
     *
     * <p>It obeys all rules of rate stores. But no other process shares it, and its budgets end with the process: it is
     * for tests, and for applications of one process. It holds up to {@value MemoryRateStore#MAX_BUDGETS} budgets that
     * are not full, and has no thread. A call for one more fails with {@code NOT_APPLIED}.
     *
     * @return the store
     */
    public static RateStore inMemory() {
        return inMemory(InstantSource.system());
    }

    /**
     * Returns a new, empty store of this process.
     *
     * @param clock the clock that refills the budgets
     * @return the store
     */
    public static RateStore inMemory(InstantSource clock) {
        return new MemoryRateStore(Objects.requireNonNull(clock, "clock"), MemoryRateStore.MAX_BUDGETS);
    }

    /**
     * Returns a store over a database or grid that can replace a value if nobody else has: for an engine that cannot
     * compute.
     *
     * <pre>{@code
     * RateStore store = RateStores.compareAndSet(new EtcdValues(client));
     * }</pre>
     *
     * <p>Each operation costs two calls of the engine. Operations of one budget that meet repeat both, at random times,
     * until one has replaced the value or its deadline has passed. So an engine that computes is faster on a hot key.
     *
     * @param values the engine; closing the store closes it
     * @return the store
     */
    public static RateStore compareAndSet(VersionedValues values) {
        return new CompareAndSetStore(Objects.requireNonNull(values, "values"));
    }
}
