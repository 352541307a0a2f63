package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call that would wait.
 *
 * @param decision the answer, or null if the call waits
 * @param isExcess whether it was refused for what its own key has done, and not because of others or its own impatience
 * @param waiter its place in the queue, if it waits
 * @param expected when its turn is expected
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
