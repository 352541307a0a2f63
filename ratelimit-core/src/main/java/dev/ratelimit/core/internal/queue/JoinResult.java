package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * The result of a call that tried to join a queue.
 *
 * @param decision the decision, or null if the call waits
 * @param isExcess whether it was refused because of its own key's usage, and not because of others or its own maximum
 *     wait
 * @param waiter its place in the queue, if it waits; otherwise null
 * @param expected the instant at which its turn is expected
 */
record JoinResult(
        @Nullable Decision decision,
        boolean isExcess,
        @Nullable Waiter waiter,
        long expected) {

    static JoinResult waits(Waiter waiter) {
        return new JoinResult(null, false, waiter, waiter.expected);
    }

    static JoinResult excess(Decision refusal) {
        return new JoinResult(refusal, true, null, 0);
    }

    static JoinResult answered(Decision decision) {
        return new JoinResult(decision, false, null, 0);
    }
}
