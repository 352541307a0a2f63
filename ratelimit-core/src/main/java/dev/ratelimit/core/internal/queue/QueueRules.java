package dev.ratelimit.core.internal.queue;

import dev.ratelimit.TimeSource;
import dev.ratelimit.VirtualTimeSource;
import java.util.function.UnaryOperator;

/**
 * The rules of all queues of one limiter. Each queue holds one reference to them, which keeps a queue small.
 *
 * @param time the time source of the budgets
 * @param room the bounds of the number of waiting calls
 * @param blackouts the blackouts of keys
 * @param inForce returns the budgets that have replaced others by now
 * @param whenUnlocked run after each release of a lock
 */
record QueueRules(
        TimeSource time,
        WaiterBounds room,
        WaitQueues.KeyBlackouts blackouts,
        UnaryOperator<PolicyAccount> inForce,
        Runnable whenUnlocked) {

    /** Returns the nanoseconds by which a departure may be late without being charged as late. */
    long credit() {
        return time == TimeSource.system() ? WaitQueue.CREDIT_NANOS : 0;
    }

    /** Returns whether a thread may run application code: a virtual time source runs it on the thread that moves it. */
    boolean mayRunCode() {
        return time instanceof VirtualTimeSource;
    }
}
