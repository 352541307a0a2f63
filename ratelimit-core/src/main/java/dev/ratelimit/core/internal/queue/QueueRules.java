package dev.ratelimit.core.internal.queue;

/**
 * The rules of all queues of one limiter. Each queue holds one reference to them, which keeps a queue small.
 *
 * @param room the bounds of the number of waiting calls
 * @param blackouts the blackouts of keys
 * @param credit the nanoseconds by which a call may depart early
 */
record QueueRules(WaiterBounds room, KeyBlackouts blackouts, long credit) {}
