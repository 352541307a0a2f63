package dev.ratelimit.quota.service.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The running times to live of a service. The timer keeps no reservation longer than the service lives.
 *
 * <p>Each is in the set while its task waits in the timer. Thread-safe.
 */
final class TimesToLive {

    private final ServiceContext surroundings;
    private final Set<TimeToLive> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    TimesToLive(ServiceContext surroundings) {
        this.surroundings = surroundings;
    }

    ServiceContext surroundings() {
        return surroundings;
    }

    /** Adds a time to live whose task is about to wait in the timer. */
    void begun(TimeToLive timeToLive) {
        running.add(timeToLive);
    }

    boolean isClosed() {
        return closed;
    }

    /** Removes a time to live whose task no longer waits. */
    void ended(TimeToLive timeToLive) {
        running.remove(timeToLive);
    }

    /** Ends all times to live, and each that begins later. Reservations stay as they are. */
    void close() {
        closed = true;
        running.forEach(TimeToLive::end);
    }
}
