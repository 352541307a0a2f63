package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/**
 * A waiting call in a queue: a thread, or a stage.
 *
 * <p>Any thread calls its methods, without a lock. They never throw.
 */
interface Caller {

    /**
     * Called when its turn is expected at an instant, or at an earlier one of a previous call. It makes sure that
     * {@link Waiter#ring} is called then.
     */
    void expect(long instant);

    /**
     * Called when it has left the queue, with its permits or a refusal.
     *
     * @param mayRunCode whether the current thread may run application code
     */
    void answer(Decision decision, boolean mayRunCode);
}
