package dev.ratelimit.core.internal.limit;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * The notifications of a limiter's listener, if it has one: exactly one for each call.
 *
 * @param listener the listener, or null
 */
record Notifications(@Nullable SafeListener listener) {

    /** Reports the decision on a call. */
    Decision decided(Decision decision, long permits) {
        return listener == null ? decision : listener.told(decision, permits);
    }

    /** Reports that a call gave up before its turn. */
    void gaveUp(String policy, long permits) {
        if (listener != null) {
            listener.gaveUp(policy, permits);
        }
    }

    /** Reports that the limiter took a lease back. */
    void reclaimed(String policy) {
        if (listener != null) {
            listener.leaseReclaimed(policy);
        }
    }
}
