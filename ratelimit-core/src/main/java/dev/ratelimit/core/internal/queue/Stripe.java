package dev.ratelimit.core.internal.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queues of the keys of one stripe, and the lock that guards them.
 *
 * <p>There is a queue for exactly the keys with waiting calls or pending reservations. The map releases memory as it
 * empties.
 */
final class Stripe {

    /** A map that has held at least this number of keys is copied when an eighth of them is left. */
    private static final int LARGE = 64;

    private static final int SPARSE = 8;

    final ReentrantLock lock = new ReentrantLock();

    /** The number of queues in all stripes. */
    private final AtomicInteger queues;

    private final QueueRules rules;

    private Map<Long, WaitQueue> byKey = new HashMap<>();
    private int most;

    /** The size of the map. Written under the lock, read by all. */
    private volatile int size;

    Stripe(AtomicInteger queues, QueueRules rules) {
        this.queues = queues;
        this.rules = rules;
    }

    /**
     * Returns whether it has no queue. Read without the lock, as is the number of all queues: a queue is counted before
     * its budgets are read ({@link #findOrAdd}).
     */
    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    WaitQueue find(long key) {
        return byKey.get(key);
    }

    /**
     * Returns a key's queue, and adds one if there is none. From then on, a request that takes permits from the key's
     * budgets without a check of its queue is reviewed. So no request takes permits unnoticed after the queue has read
     * the budgets.
     */
    WaitQueue findOrAdd(long key, PolicyAccount account, long now) {
        WaitQueue known = byKey.get(key);
        if (known != null) {
            return known;
        }
        WaitQueue added = new WaitQueue(key, account, rules);
        byKey.put(key, added);
        most = Math.max(most, byKey.size());
        size = byKey.size();
        queues.incrementAndGet();
        account.adopt(key, now);
        return added;
    }

    /** Removes a queue if it is empty. */
    void removeIfIdle(WaitQueue queue) {
        if (queue.isIdle() && byKey.remove(queue.key, queue)) {
            size = byKey.size();
            queues.decrementAndGet();
            shrink();
        }
    }

    private void shrink() {
        if (most > LARGE && byKey.size() < most / SPARSE) {
            byKey = new HashMap<>(byKey);
            most = byKey.size();
        }
    }

    /** Returns the keys with queues. */
    long[] keys() {
        return byKey.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    /** Returns the time that the longest-waiting call has waited, at a reading of the clock. */
    long maxWait(long now) {
        long longest = 0;
        for (WaitQueue queue : byKey.values()) {
            longest = Math.max(longest, queue.maxWait(now));
        }
        return longest;
    }
}
