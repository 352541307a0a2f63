package dev.ratelimit.core.internal.queue;

import dev.ratelimit.Decision;

/**
 * What waits in a queue: a thread, or a stage.
 *
 * <p>Its methods are called without a lock, by any thread. They never throw.
 */
interface Caller {

    /**
     * Told that its turn is expected at an instant, or at an earlier one that it was told before. It has
     * {@link WaitQueues#ring} called then.
     */
    void expect(long instant);

    /**
     * Told that it has left the queue, with what it waited for or a refusal.
     *
     * @param mayRunCode whether the current thread may run the code of applications
     */
    void answer(Decision decision, boolean mayRunCode);
}
