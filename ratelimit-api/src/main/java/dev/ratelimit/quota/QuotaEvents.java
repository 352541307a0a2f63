package dev.ratelimit.quota;

import java.time.Duration;

/**
 * Quota events are what a service tells of its store, for metrics and alarms. Each does nothing unless it is overridden.
 *
 * <p><b>Calls.</b> By many threads at once. {@link #storeCalled} is called by the thread that called the store, which waits for it;
 * the others by a thread of the library's. They must not block: a caller waits for {@link #storeCalled},
 * and one of the others that does not return misses further events. What one throws is logged once, and changes nothing.
 *
 * <p>Figures that need no event are in {@link QuotaService#statistics()}.
 */
public interface QuotaEvents {

    /**
     * Told that the store was called, also by a repetition of a call that failed.
     *
     * @param call what was called, for how long, and whether it failed
     */
    default void storeCalled(StoreCall call) {}

    /**
     * Told that the store is not called any more, because it does not answer: once for each outage.
     *
     * @param cause its last failure
     */
    default void storeAway(Throwable cause) {}

    /**
     * Told that the store answers again.
     *
     * @param away how long it was not called
     */
    default void storeBack(Duration away) {}
}
