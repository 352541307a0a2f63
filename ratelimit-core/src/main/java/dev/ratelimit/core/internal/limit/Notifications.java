package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What a limiter tells its listener, if it has one: of each call exactly one thing.
 *
 * @param listener the listener
 */
record Notifications(@Nullable SafeListener listener) {

    /** A call is decided. */
    Decision decided(Decision decision, long permits) {
        return listener == null ? decision : listener.told(decision, permits);
    }

    /** A call gave up before its turn. */
    void gaveUp(String policy, long permits) {
        if (listener != null) {
            listener.gaveUp(policy, permits);
        }
    }

    /** A lease was taken back. */
    void reclaimed(String policy) {
        if (listener != null) {
            listener.leaseReclaimed(policy);
        }
    }
}
