package dev.ratelimit.core.internal.quota;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The times to live that run in a service: its timer keeps no reservation longer than the service lives.
 *
 * <p>Each is here while its task waits in the timer. Thread-safe.
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

    /** Notes one whose task is about to wait. */
    void begun(TimeToLive timeToLive) {
        running.add(timeToLive);
    }

    boolean isClosed() {
        return closed;
    }

    /** Forgets one whose task waits no more. */
    void ended(TimeToLive timeToLive) {
        running.remove(timeToLive);
    }

    /** Ends all, and each that is begun later. Reservations stay as they are. */
    void close() {
        closed = true;
        running.forEach(TimeToLive::end);
    }
}
