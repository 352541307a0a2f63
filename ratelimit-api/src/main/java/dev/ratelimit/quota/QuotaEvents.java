package dev.ratelimit.quota;

import java.time.Duration;

/**
 * Quota events are a listener for a service's calls of its store, for metrics and alarms. Each method does nothing
 * unless it is overridden.
 *
 * <p><b>Calls.</b> Many threads call these methods at once. The thread that called the store calls {@link #storeCalled}
 * and waits for it. A thread of the library calls the other methods. No method may block: a caller waits for
 * {@link #storeCalled}, and while another method does not return, the listener misses further events. The library logs
 * the first exception that a method throws, and the exception has no other effect.
 *
 * <p>Figures that need no event are in {@link QuotaService#statistics()}.
 */
public interface QuotaEvents {

    /**
     * Called when the store was called, also for a retry of a failed call.
     *
     * @param call the call: how many operations it had, how long it took, and whether it failed
     */
    default void storeCalled(StoreCall call) {}

    /**
     * Called when the service stops calling the store, because the store does not answer: once for each outage.
     *
     * @param cause the last failure of the store
     */
    default void storeAway(Throwable cause) {}

    /**
     * Called when the store answers again.
     *
     * @param away the length of the time in which the store was not called
     */
    default void storeBack(Duration away) {}
}
